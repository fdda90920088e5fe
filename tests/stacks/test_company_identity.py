"""An environment with the key, the boundary and the role path of a company: the stack gives way to them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment
from policies.catalogue import own_findings
from policies.stack import read_stack
from tests.stacks.synthesized import Synthesized, listed, synthesize
from tests.support.planned_changes import with_changes

ACCOUNT = "111111111111"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/acme/Boundary"
PATH = "/acme/ml/"


@pytest.fixture(scope="module")
def config() -> Environment:
    changes = {
        "encryption.key_arn": KEY,
        "access.permissions_boundary_arn": BOUNDARY,
        "access.role_path": PATH,
        "access.github_oidc_provider": "existing",
    }
    return with_changes(load_environment("dev"), changes)


@pytest.fixture(scope="module")
def folder(config: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    synthesize([config], folder)
    return folder


@pytest.fixture(scope="module")
def stack(folder: Path) -> Synthesized:
    return Synthesized(json.loads((folder / "stacks" / "dev" / "cdk.tf.json").read_text()))


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return list(json.loads(policy["policy"])["Statement"])


def test_every_role_has_the_boundary_and_the_path(stack: Synthesized) -> None:
    roles = stack.resources("aws_iam_role").values()
    assert {(role["permissions_boundary"], role["path"]) for role in roles} == {(BOUNDARY, PATH)}


@pytest.mark.parametrize("kind", ["aws_iam_policy", "aws_iam_instance_profile"])
def test_policies_and_profiles_have_the_path(stack: Synthesized, kind: str) -> None:
    assert {one["path"] for one in stack.resources(kind).values()} == {PATH}


def test_no_arn_of_the_environment_lacks_the_path(folder: Path) -> None:
    text = (folder / "stacks" / "dev" / "cdk.tf.json").read_text()
    arns = re.findall(r":(?:role|policy|instance-profile)(/[^\"\\]*terrarium-[^\"\\]*)", text)
    assert arns
    assert [arn for arn in arns if not arn.startswith(PATH)] == []


def test_what_the_own_boundaries_deny_is_denied_to_each_role(stack: Synthesized) -> None:
    """Of the migration, nothing is denied: its boundary only allows."""
    denials = {
        path: one for path, one in stack.resources("aws_iam_policy").items() if path.endswith("denials")
    }
    assert {one["name"] for one in denials.values()} == {
        "terrarium-dev-denials",
        "terrarium-dev-delivery-denials",
    }
    assert {statement["Effect"] for one in denials.values() for statement in statements(one)} == {"Deny"}
    attached = [
        path for path in stack.resources("aws_iam_role_policy_attachment") if path.endswith("/denials")
    ]
    assert len(attached) == len(stack.resources("aws_iam_role")) - 1


def test_ci_creates_roles_with_the_companys_boundary_only(stack: Synthesized) -> None:
    (policy,) = (
        one
        for one in stack.resources("aws_iam_policy").values()
        if one["name"] == "terrarium-dev-delivery-denials"
    )
    by_sid = {statement["Sid"]: statement for statement in statements(policy)}
    assert by_sid["Boundary"]["Condition"] == {"StringNotEquals": {"iam:PermissionsBoundary": BOUNDARY}}
    assert {BOUNDARY, f"arn:aws:iam::{ACCOUNT}:policy{PATH}terrarium-dev-*denials"} <= set(
        by_sid["Policies"]["Resource"]
    )


def test_creates_no_key_and_no_alias(stack: Synthesized) -> None:
    assert not stack.resources("aws_kms_key")
    assert not stack.resources("aws_kms_alias")
    assert stack.document["data"]["aws_kms_key"]


def test_roles_may_use_exactly_this_key(stack: Synthesized) -> None:
    """No grant depends on a tag that the key does not have."""
    keys = {
        resource
        for policy in stack.resources("aws_iam_policy").values()
        for statement in statements(policy)
        if all(action.startswith("kms:") for action in listed(statement["Action"]))
        for resource in listed(statement["Resource"])
    }
    assert {key for key in keys if ":key/" in key} == {KEY}
    assert "aws:ResourceTag/environment" not in {
        condition
        for policy in stack.resources("aws_iam_policy").values()
        for statement in statements(policy)
        if KEY in listed(statement["Resource"])
        for test in statement.get("Condition", {}).values()
        for condition in test
    }


def test_policy_finds_nothing(folder: Path, config: Environment) -> None:
    read = read_stack(folder / "stacks" / "dev" / "cdk.tf.json", tier=config.tier)
    assert [(finding.check, finding.module) for finding in own_findings(read)] == []
