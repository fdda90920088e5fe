"""A plan that changes what `ci-deploy` is denied is for an administrator to deploy."""

from typing import Any

import pytest

from policies.aws.arns import name_of, with_arns
from policies.aws.cloudformation import CLOUDFORMATION_TYPES, handler_actions
from policies.catalogue import plan_findings
from policies.escalation.inventory import Inventory
from policies.escalation.permissions import Document
from policies.plan.administrator import reserved_changes
from policies.plan.planned_stack import planned_stack
from policies.stack import Stack

OWN = "terrarium-dev-"
BOUNDARY = f"arn:aws:iam::111111111111:policy/{OWN}boundary"
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


def reserved(dev: Stack, made: dict[str, Any]) -> list[tuple[str, str]]:
    plan = {"resource_changes": [made], "planned_values": {"root_module": {"resources": []}}}
    return list(reserved_changes(planned_stack(dev, plan)))


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
        (
            change("aws_s3_bucket", "delete", before={"bucket": AUDIT}, after={}),
            "the bucket of the audit trail",
        ),
        (
            change("aws_iam_role_policy", "create", before={}, after={"role": f"{OWN}job", "policy": "{}"}),
            "an inline policy of the role job",
        ),
        (
            updated("aws_iam_role", {"name": f"{OWN}job"}, permissions_boundary=(BOUNDARY, None)),
            "the permissions boundary of the role job",
        ),
        (
            change("aws_iam_role", "create", before={}, after={"name": f"{OWN}own"}),
            "the permissions boundary of the role own",
        ),
        (
            change(
                "aws_iam_role_policy_attachment",
                "create",
                before={},
                after={"role": f"{OWN}job", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
            ),
            "a policy from outside of the environment at the role job",
        ),
        (
            change("aws_iam_access_key", "create", before={}, after={"user": "ada"}),
            "a user with keys that do not expire",
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
        change(
            "aws_iam_role",
            "create",
            before={},
            after={"name": f"{OWN}own", "permissions_boundary": BOUNDARY},
        ),
        change("aws_iam_role_policy", "delete", before={"role": f"{OWN}job"}, after={}),
    ],
    ids=[
        "tags",
        "policy of a job",
        "trust of scientists",
        "description of the key",
        "artifacts",
        "new role",
        "inline policy deleted",
    ],
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


# By type: an argument that is changed with the actions of a handler, and that the boundary may deny.
_UPDATED = {
    "aws_cloudtrail": "enable_logging",
    "aws_iam_policy": "policy",
    "aws_iam_role": "assume_role_policy",
    "aws_kms_key": "policy",
}
# Calls that an update of another argument needs.
_OTHER_ARGUMENTS = {"iam:DeleteRolePermissionsBoundary", "iam:PutRolePolicy"}


def denied(documents: list[Document], kind: str, arn: str, handler: str) -> bool:
    """Return whether a document certainly denies a call of a handler."""
    return any(
        document.denies(action.name, arn, {})
        for action in handler_actions(kind, handler)
        if action.name not in _OTHER_ARGUMENTS
        for document in documents
    )


def test_finds_exactly_what_the_boundary_of_ci_deploy_denies(stacks: dict[str, Stack]) -> None:
    """The check reads names, not the boundary: both have to agree for every resource of the stack."""
    dev = stacks["dev"]
    (role,) = (one for arn, one in Inventory(dev).roles.items() if arn.endswith("-ci-deploy"))
    documents = [one for one in (role.principal.policies, role.principal.boundary) if one is not None]
    different, compared = [], 0
    for resource in dev.resources(*CLOUDFORMATION_TYPES):
        arn = with_arns(f"${{{resource.address}.arn}}", dev)
        if arn.startswith("${"):
            continue  # not an object that a statement can name
        before = dict(resource.attributes) | {"name": name_of(resource)}
        changes = {"delete": change(resource.kind, "delete", before=before, after={})}
        if argument := _UPDATED.get(resource.kind):
            after = before | {argument: "changed"}
            changes["update"] = change(resource.kind, "update", before=before, after=after)
        for handler, made in changes.items():
            compared += 1
            if bool(reserved(dev, made)) != denied(documents, resource.kind, arn, handler):
                different.append(f"{handler} {resource.path}")
    assert different == []
    assert compared > len(list(dev.resources("aws_iam_role", "aws_iam_policy")))
