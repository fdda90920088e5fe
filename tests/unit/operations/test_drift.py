"""Texts of drift, and the changes since a deployment."""

from typing import Any

from operations.drift.deployed import Addition
from operations.drift.drift_text import Drift, markdown, text
from operations.drift.since_deployment import changed_since_deployment
from policies.plan.change import changes_of

PATHS = {"aws_iam_role.job": "access/job/role"}
GRANT = Addition(
    "encryption/key", "0a1b", "a grant of the key lets root call Decrypt", "aws kms revoke-grant"
)


def update(address: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {"address": address, "change": {"actions": ["update"], "before": before, "after": after}}


def test_without_differences_one_line_says_so() -> None:
    nothing = Drift("dev", (), (), {}, {})
    assert text(nothing) == "dev: all resources match the stack"
    assert markdown(nothing) == "### dev: all resources match the stack\n\n"


def test_a_changed_resource_is_reverted_by_a_deployment() -> None:
    changes = changes_of({"resource_changes": [update("aws_iam_role.job", {"path": "/x/"}, {"path": "/"})]})
    assert text(Drift("dev", changes, (), PATHS, {})).splitlines() == [
        "access/job/role (aws_iam_role) differs from the stack",
        '    path is "/x/" in the account and "/" in the stack',
        "dev: 1 resource does not match the stack",
        "  -> revert the resources: cdktf deploy dev",
    ]


def test_what_only_an_administrator_may_change_is_marked() -> None:
    changes = changes_of({"resource_changes": [update("aws_iam_role.job", {"path": "/x/"}, {"path": "/"})]})
    lines = text(Drift("dev", changes, (), PATHS, {"aws_iam_role.job": "the role migration"})).splitlines()
    assert lines[2] == "    only an administrator may change the role migration"
    assert lines[-1] == "  -> revert the resources, as administrator of the account: cdktf deploy dev"


def test_an_addition_is_printed_with_the_command_that_removes_it_and_its_id() -> None:
    lines = text(Drift("dev", (), (GRANT,), {}, {})).splitlines()
    assert lines[:3] == [
        "encryption/key: a grant of the key lets root call Decrypt; the stack does not contain it",
        "    remove it: aws kms revoke-grant",
        "dev: 1 addition by hand",
    ]
    assert lines[-1].strip() == "0a1b"


def test_changes_of_the_checkout_are_no_drift_since_the_deployment() -> None:
    plan = {
        "resource_changes": [
            update(
                "aws_iam_role.job", {"path": "/x/", "description": "a"}, {"path": "/", "description": "b"}
            ),
            update("aws_vpc.new", {"cidr_block": "a"}, {"cidr_block": "b"}),
        ],
        "resource_drift": [
            update("aws_iam_role.job", {"path": "/", "description": "a"}, {"path": "/x/", "description": "a"})
        ],
    }
    (change,) = changed_since_deployment(changes_of(plan), plan)
    assert [attribute.path for attribute in change.attributes] == ["path"]


def test_a_resource_that_was_deleted_by_hand_is_drift_since_the_deployment() -> None:
    plan = {
        "resource_changes": [
            {"address": "aws_vpc.a", "change": {"actions": ["create"], "before": None, "after": {}}}
        ],
        "resource_drift": [
            {"address": "aws_vpc.a", "change": {"actions": ["delete"], "before": {}, "after": None}}
        ],
    }
    assert [change.address for change in changed_since_deployment(changes_of(plan), plan)] == ["aws_vpc.a"]
