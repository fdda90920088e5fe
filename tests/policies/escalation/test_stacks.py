"""The stacks have no forbidden path of escalation, and removing any one protection opens a path."""

import copy
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from policies.escalation.inventory import Inventory
from policies.escalation.policy import POLICIES, forbidden
from policies.escalation.reach import reach_of
from policies.stack import Stack

Document = dict[str, Any]
Statement = dict[str, Any]


class Opened(NamedTuple):
    """A removed protection, and the path that it opens.

    Args:
        name: The change.
        environment: The stack that is changed.
        role: The role that gains a privilege.
        privilege: The privilege.
        change: A function that makes the change in a copy of the stack.
    """

    name: str
    environment: str
    role: str
    privilege: str
    change: Callable[[Document], None]


def _granted(path: str, *added: Statement) -> Callable[[Document], None]:
    """Add statements to the first policy of a role, or to a boundary, by construct path."""

    def change(document: Document) -> None:
        for policy in _policies(document, path):
            _write(policy, _read(policy) + [{"Effect": "Allow", "Resource": "*", **one} for one in added])
            return
        raise AssertionError(f"there is no policy at {path}")

    return change


def _without_denials(path: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for policy in _policies(document, path):
            _write(policy, [one for one in _read(policy) if one["Effect"] != "Deny"])

    return change


def _both(*changes: Callable[[Document], None]) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for one in changes:
            one(document)

    return change


def _trusts_the_account(path: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        (account,) = document["provider"]["aws"][0]["allowed_account_ids"]
        for body in document["resource"]["aws_iam_role"].values():
            if _path(body).startswith(path):
                trust = {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                }
                body["assume_role_policy"] = json.dumps({"Version": "2012-10-17", "Statement": [trust]})

    return change


def _policies(document: Document, path: str) -> list[Document]:
    policies: list[Document] = list(document["resource"]["aws_iam_policy"].values())
    return [policy for policy in policies if _path(policy).startswith(path)]


def _path(body: Document) -> str:
    """The construct path below the stack."""
    path: str = body["//"]["metadata"]["path"]
    return path.partition("/")[2]


def _read(policy: Document) -> list[Statement]:
    statements: list[Statement] = json.loads(policy["policy"])["Statement"]
    return statements


def _write(policy: Document, statements: list[Statement]) -> None:
    policy["policy"] = json.dumps({"Version": "2012-10-17", "Statement": statements})


_BOUNDARY = "boundary/policy"
_SCIENTIST, _JOB = "access/scientist/", "access/job/"

OPENED = (
    Opened(
        "job definitions are granted by a pattern that covers the migration",
        "dev",
        "scientist",
        "database owner",
        _granted(_SCIENTIST, {"Action": "batch:SubmitJob"}),
    ),
    Opened(
        "a job in prod may submit any definition",
        "prod",
        "job",
        "master secret",
        _granted(_JOB, {"Action": "batch:SubmitJob"}),
    ),
    Opened(
        "a scientist may pass the role of the migration",
        "dev",
        "scientist",
        "migration",
        _both(
            _granted(_SCIENTIST, {"Action": "iam:PassRole"}),
            _granted(_BOUNDARY, {"Action": "iam:PassRole"}),
        ),
    ),
    Opened(
        "the migration's role trusts the account and people may assume roles",
        "staging",
        "scientist",
        "migration",
        _both(
            _trusts_the_account("migration/"),
            _granted(_SCIENTIST, {"Action": "sts:AssumeRole"}),
            _granted(_BOUNDARY, {"Action": "sts:AssumeRole"}),
        ),
    ),
    Opened(
        "the boundary of the platform lets new roles assume any role",
        "dev",
        "ci-deploy",
        "account administrator",
        _granted(_BOUNDARY, {"Action": "sts:*"}),
    ),
    Opened(
        "the delivery boundary denies nothing",
        "dev",
        "ci-deploy",
        "account administrator",
        _without_denials("access/delivery/boundary/"),
    ),
    Opened(
        "the plan role may write Terraform's state",
        "prod",
        "ci-plan",
        "ci-deploy",
        _granted("access/delivery/plan/", {"Action": "s3:PutObject"}),
    ),
    Opened(
        "a job may let itself into other roles",
        "prod",
        "job",
        "migration",
        _both(
            _granted(_JOB, {"Action": "iam:UpdateAssumeRolePolicy"}),
            _granted(_BOUNDARY, {"Action": "iam:UpdateAssumeRolePolicy"}),
        ),
    ),
    Opened(
        "a promotion may read the master user's secret",
        "prod",
        "promotion",
        "master secret",
        _both(
            _granted("promotion/role/", {"Action": "secretsmanager:GetSecretValue"}),
            _granted(_BOUNDARY, {"Action": "secretsmanager:GetSecretValue"}),
        ),
    ),
    Opened(
        "a scientist may push the image that the migration runs",
        "dev",
        "scientist",
        "migration",
        _granted(_SCIENTIST, {"Action": "ecr:PutImage"}),
    ),
    Opened(
        "a scientist may write the manifest",
        "dev",
        "scientist",
        "change of the manifest",
        _granted(_SCIENTIST, {"Action": "ssm:PutParameter"}),
    ),
    Opened(
        "a scientist may open a shell on the machines of jobs",
        "dev",
        "scientist",
        "migration",
        _both(
            _granted(_SCIENTIST, {"Action": "ssm:StartSession"}),
            _granted(_BOUNDARY, {"Action": "ssm:StartSession"}),
        ),
    ),
)


def test_no_role_of_any_environment_can_gain_a_forbidden_privilege(stacks: dict[str, Stack]) -> None:
    (policy,) = POLICIES
    found = [violation.problem for stack in stacks.values() for violation in policy.violations(stack)]
    assert found == []


@pytest.mark.parametrize("opened", OPENED, ids=lambda opened: opened.name)
def test_removing_a_protection_opens_a_path(opened: Opened, stacks: dict[str, Stack]) -> None:
    original = stacks[opened.environment]
    document = copy.deepcopy(dict(original.document))
    opened.change(document)

    assert opened.privilege in forbidden(opened.role)
    assert opened.privilege not in _reached(original, opened.role)
    changed = Stack(name=original.name, tier=original.tier, document=document)
    assert opened.privilege in _reached(changed, opened.role)


def _reached(stack: Stack, name: str) -> set[str]:
    inventory = Inventory(stack)
    role = inventory.named(name)
    assert role is not None
    return set(reach_of(role, inventory).steps)
