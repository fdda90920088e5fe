"""The trust policies of CI's roles, GitHub's OIDC provider, and the boundary of CI."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environments
from tests.stacks.synthesized import Synthesized, synthesize

PROVIDER = "token.actions.githubusercontent.com"


def dev_with(folder: Path, **access: object) -> Synthesized:
    """The stack of dev with other values in its section `access`."""
    documents = {config.name: config.model_dump(mode="json") for config in load_environments()}
    documents["dev"]["access"] |= access
    environments = [Environment.model_validate(document) for document in documents.values()]
    return synthesize(environments, folder)["dev"]


def trust(stack: Synthesized, role: str) -> list[dict[str, Any]]:
    policy = json.loads(stack.resource("aws_iam_role", f"access/delivery/{role}/role")["assume_role_policy"])
    statements: list[dict[str, Any]] = policy["Statement"]
    return statements


def test_the_provider_is_created_before_the_roles_that_trust_it(stacks: dict[str, Synthesized]) -> None:
    (provider,) = stacks["dev"].resources("aws_iam_openid_connect_provider").values()
    assert provider["url"] == f"https://{PROVIDER}"
    (statement,) = trust(stacks["dev"], "deploy")
    assert statement["Principal"]["Federated"].startswith("${aws_iam_openid_connect_provider.")


def test_an_existing_provider_is_read_and_not_managed(tmp_path: Path) -> None:
    stack = dev_with(tmp_path, github_oidc_provider="existing")
    assert "aws_iam_openid_connect_provider" not in stack.kinds
    (data,) = stack.document["data"]["aws_iam_openid_connect_provider"].values()
    assert data["arn"] == f"arn:aws:iam::111111111111:oidc-provider/{PROVIDER}"
    (condition,) = data["lifecycle"]["postcondition"]
    assert condition["condition"] == '${contains(self.client_id_list, "sts.amazonaws.com")}'
    for role in ("plan", "deploy"):
        (statement,) = trust(stack, role)
        assert statement["Principal"]["Federated"].startswith("${data.aws_iam_openid_connect_provider.")


def test_without_a_repository_no_principal_may_assume_the_roles(tmp_path: Path) -> None:
    stack = dev_with(tmp_path, github_repository=None)
    assert "aws_iam_openid_connect_provider" not in stack.kinds
    for role in ("plan", "deploy"):
        (statement,) = trust(stack, role)
        own = f"arn:aws:iam::111111111111:role/terrarium-dev-ci-{role}"
        assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": own}}


@pytest.mark.parametrize(
    ("principal", "named", "condition"),
    [
        ("arn:aws:iam::111111111111:role/gitlab", "arn:aws:iam::111111111111:role/gitlab", None),
        (
            "arn:aws:iam::222222222222:role/gitlab-*",
            "arn:aws:iam::222222222222:root",
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/gitlab-*"}},
        ),
    ],
)
def test_other_ci_systems_assume_the_roles_as_named_principals(
    tmp_path: Path, principal: str, named: str, condition: dict[str, Any] | None
) -> None:
    stack = dev_with(tmp_path, github_repository=None, ci_principals=[principal])
    for role in ("plan", "deploy"):
        (statement,) = trust(stack, role)
        assert (statement["Principal"], statement.get("Condition")) == ({"AWS": named}, condition)


def test_the_boundary_of_the_longest_environment_name_is_within_the_limit_of_iam(tmp_path: Path) -> None:
    """IAM limits a policy to 6,144 characters besides white space (IAM User Guide, "IAM and AWS STS quotas")."""
    document = load_environments()[0].model_dump(mode="json")
    document |= {"name": "sixteen-lettersx", "region": "ap-northeast-1"}
    stack = synthesize([Environment.model_validate(document)], tmp_path)["sixteen-lettersx"]
    network = "arn:aws:ec2:ap-northeast-1:111111111111:vpc/vpc-0123456789abcdef0"
    for path, policy in stack.resources("aws_iam_policy").items():
        if "boundary" in path:
            written = json.dumps(json.loads(policy["policy"]), separators=(",", ":"))
            assert len(re.sub(r"\$\{aws_vpc[^}]*\}", network, written)) <= 6144, path
