"""Policies about plans: lost data and lifted protection."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.plan import administrator, interruptions
from policies.plan.change import Change, leaves
from policies.plan.planned_stack import PlannedStack
from policies.policy import Policy, Violation

__all__ = ["PLAN_POLICIES"]

# By type and attribute: the value that protects.
_GUARDS: Mapping[str, Mapping[str, object]] = {
    "aws_cloudtrail": {"enable_log_file_validation": True, "enable_logging": True},
    "aws_dynamodb_table": {"deletion_protection_enabled": True, "point_in_time_recovery.0.enabled": True},
    "aws_ecr_repository": {"force_delete": False, "image_tag_mutability": "IMMUTABLE"},
    "aws_kms_key": {"enable_key_rotation": True},
    "aws_rds_cluster": {
        "deletion_protection": True,
        "iam_database_authentication_enabled": True,
        "skip_final_snapshot": False,
    },
    "aws_s3_bucket": {"force_destroy": False},
    "aws_s3_bucket_public_access_block": dict.fromkeys(
        ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
    ),
    "aws_s3_bucket_versioning": {"versioning_configuration.0.status": "Enabled"},
}
# Durations: a shorter one protects less.
_TERMS: Mapping[str, tuple[str, ...]] = {
    "aws_cloudwatch_log_group": ("retention_in_days",),
    "aws_kms_key": ("deletion_window_in_days",),
    "aws_rds_cluster": ("backup_retention_period",),
    "aws_s3_bucket_object_lock_configuration": ("rule.0.default_retention.0.days",),
}
# Resources that protect: deleting one lifts a protection.
_PRESENT = {
    "aws_cloudtrail",
    "aws_flow_log",
    "aws_s3_bucket_object_lock_configuration",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_versioning",
}


def _lost_data(stack: PlannedStack) -> Iterator[Violation]:
    for change in stack.changes:
        if change.loses_data:
            yield Violation(stack.at(change.address), _loss(change))


def _loss(change: Change) -> str:
    if change.action == "delete":
        return "the plan destroys it and its data: the stack no longer has a resource with its construct path"
    forcing = ", ".join(f"{forced.path} ({forced.account} -> {forced.stack})" for forced in change.forced_by)
    return f"the plan replaces it, and its data is lost; forced by {forcing or 'its mark as tainted'}"


def _lifted_protection(stack: PlannedStack) -> Iterator[Violation]:
    if stack.tier == "disposable":
        return
    for resource in stack.plan.get("resource_changes", []):
        change, kind = resource["change"], resource["type"]
        if "delete" in change["actions"]:
            if kind in _PRESENT:
                yield Violation(
                    stack.at(resource["address"]), "the plan deletes this resource, which protects others"
                )
        elif change["actions"] == ["update"]:
            lifted = list(_lifted(kind, change))
            if lifted:
                yield Violation(
                    stack.at(resource["address"]), f"the plan lifts its protection: {', '.join(lifted)}"
                )


def _lifted(kind: str, change: Mapping[str, Any]) -> Iterator[str]:
    before, after = dict(leaves(change["before"])), dict(leaves(change["after"]))
    unknown = {path for path, pending in leaves(change.get("after_unknown")) if pending}
    for path, guard in _GUARDS.get(kind, {}).items():
        if before.get(path) == guard and after.get(path) != guard and path not in unknown:
            yield f"{path} ({before[path]} -> {after.get(path)})"
    for path in _TERMS.get(kind, ()):
        if (before.get(path) or 0) > (after.get(path) or 0) and path not in unknown:
            yield f"{path} ({before[path]} -> {after.get(path)})"


PLAN_POLICIES: tuple[Policy[PlannedStack], ...] = (
    Policy(
        "data-loss",
        "No deployment deletes or replaces a resource that holds data",
        "keep the deployed names and construct paths; if a construct only moved, move it in the state "
        "(`terraform state mv`); if the data must go, an administrator deletes it by hand (docs/guides/deploy.md)",
        _lost_data,
    ),
    Policy(
        "protection-lifted",
        "Outside of disposable environments, no deployment lifts a protection",
        "leave the value to the tier; if you must lift it, have an administrator do so by hand, or waive this finding "
        "beside the construct for one day",
        _lifted_protection,
    ),
    *interruptions.POLICIES,
    *administrator.POLICIES,
)
