"""A plan that changes a permissions boundary is for an administrator to deploy."""

import json
from typing import Any

import pytest

from policies.catalogue import plan_findings
from policies.plan.planned_stack import planned_stack
from policies.stack import Stack

BOUNDARY = "boundary_policy_A8BEFB25"
GRANTS = "access_job_grants_policy-1_2A1FD037"


def plan(name: str, *actions: str) -> dict[str, Any]:
    """A plan that changes one policy, whose ARN the account knows."""
    arn = f"arn:aws:iam::111111111111:policy/{name}"
    roles = [
        {
            "address": "aws_iam_role.access_job_role_5186E639",
            "type": "aws_iam_role",
            "name": "access_job_role_5186E639",
            "values": {"permissions_boundary": f"arn:aws:iam::111111111111:policy/{BOUNDARY}"},
        }
    ]
    policy = {"type": "aws_iam_policy", "name": name, "address": f"aws_iam_policy.{name}"}
    empty = json.dumps({"Version": "2012-10-17", "Statement": []})
    change = {"actions": list(actions), "before": {"policy": "{}"}, "after": {"policy": empty}}
    return {
        "resource_changes": [{**policy, "change": change}],
        "planned_values": {
            "root_module": {"resources": [*roles, {**policy, "values": {"arn": arn, "policy": empty}}]}
        },
    }


def checks(dev: Stack, changed: dict[str, Any]) -> set[str]:
    return {finding.check for finding in plan_findings(planned_stack(dev, changed))}


@pytest.mark.parametrize("actions", [("update",), ("delete", "create")])
def test_a_changed_boundary_is_found(stacks: dict[str, Stack], actions: tuple[str, ...]) -> None:
    assert "boundary-change" in checks(stacks["dev"], plan(BOUNDARY, *actions))


def test_the_first_deployment_creates_boundaries(stacks: dict[str, Stack]) -> None:
    assert "boundary-change" not in checks(stacks["dev"], plan(BOUNDARY, "create"))


def test_other_policies_change_with_any_release(stacks: dict[str, Stack]) -> None:
    assert "boundary-change" not in checks(stacks["dev"], plan(GRANTS, "update"))
