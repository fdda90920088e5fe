"""A plan that changes what `ci-deploy` is denied is for an administrator to deploy."""

from typing import Any

import pytest

from policies.catalogue import plan_findings
from policies.plan.planned_stack import planned_stack
from policies.stack import Stack

OWN = "terrarium-dev-"
AUDIT = "terrarium-dev-audit-111111111111"


def change(kind: str, *actions: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    changed = {"actions": list(actions), "before": before or None, "after": after or None}
    return {"type": kind, "name": "x", "address": f"{kind}.x", "change": changed}


def updated(kind: str, name: dict[str, str], **values: tuple[Any, Any]) -> dict[str, Any]:
    before, after = ({key: value[side] for key, value in values.items()} for side in (0, 1))
    return change(kind, "update", before=name | before, after=name | after)


def found(dev: Stack, *changes: dict[str, Any]) -> list[str]:
    plan = {"resource_changes": list(changes), "planned_values": {"root_module": {"resources": []}}}
    findings = plan_findings(planned_stack(dev, plan))
    return [finding.problem for finding in findings if finding.check == "administrator-change"]


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (
            updated("aws_iam_policy", {"name": f"{OWN}delivery-boundary"}, policy=("{}", "{ }")),
            "a permissions boundary",
        ),
        (
            updated("aws_iam_policy", {"name": f"{OWN}boundary"}, policy=("{}", "{ }")),
            "a permissions boundary",
        ),
        (
            updated("aws_iam_policy", {"name": f"{OWN}ci-deploy-3"}, policy=("{}", "{ }")),
            "a policy of the role ci-deploy",
        ),
        (
            updated("aws_iam_policy", {"name": f"{OWN}migration-1"}, policy=("{}", "{ }")),
            "a policy of the role migration",
        ),
        (
            updated("aws_iam_role", {"name": f"{OWN}ci-plan"}, assume_role_policy=("{}", "{ }")),
            "the role ci-plan",
        ),
        (
            change("aws_iam_role_policy_attachment", "create", before={}, after={"role": f"{OWN}ci-deploy"}),
            "the role ci-deploy",
        ),
        (updated("aws_cloudtrail", {"name": f"{OWN}audit"}, enable_logging=(True, False)), "the audit trail"),
        (updated("aws_kms_key", {"description": "x"}, policy=("{}", "{ }")), "the key"),
        (
            updated("aws_s3_bucket_policy", {"bucket": AUDIT}, policy=("{}", "{ }")),
            "the bucket of the audit trail",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_finds_changes_that_ci_deploy_may_not_make(
    stacks: dict[str, Stack], changed: dict[str, Any], what: str
) -> None:
    assert found(stacks["dev"], changed) == [f"the plan changes {what}, which ci-deploy may not change"]


@pytest.mark.parametrize(
    "changed",
    [
        updated("aws_iam_role", {"name": f"{OWN}ci-deploy"}, tags_all=({"owner": "a"}, {"owner": "b"})),
        updated("aws_iam_policy", {"name": f"{OWN}job-1"}, policy=("{}", "{ }")),
        updated("aws_iam_role", {"name": f"{OWN}scientist"}, assume_role_policy=("{}", "{ }")),
        updated("aws_kms_key", {"policy": "{}"}, description=("x", "y")),
        updated("aws_s3_bucket_policy", {"bucket": "terrarium-dev-artifacts-1"}, policy=("{}", "{ }")),
    ],
    ids=["tags", "policy of a job", "trust of scientists", "description of the key", "artifacts"],
)
def test_ignores_changes_that_ci_deploy_may_make(stacks: dict[str, Stack], changed: dict[str, Any]) -> None:
    assert found(stacks["dev"], changed) == []


def test_ignores_the_first_deployment(stacks: dict[str, Stack]) -> None:
    role = change("aws_iam_role", "create", before={}, after={"name": f"{OWN}ci-deploy"})
    boundary = change("aws_iam_policy", "create", before={}, after={"name": f"{OWN}boundary"})
    assert found(stacks["dev"], role, boundary) == []
    assert found(stacks["dev"], boundary) == [
        "the plan changes a permissions boundary, which ci-deploy may not change"
    ]
