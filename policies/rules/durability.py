"""Durability: backups, protection from deletion, redundancy and expiration, as the tier requires."""

import json
from collections.abc import Iterator, Mapping

from environments.tiers import Tier
from policies.policy import Policy, Violation
from policies.stack import Resource, Stack, blocks_of

__all__ = ["POLICIES"]

_BACKUP_DAYS: Mapping[Tier, int] = {"disposable": 1, "standard": 7, "critical": 35}
_STATEFUL = ("aws_dynamodb_table", "aws_kms_key", "aws_rds_cluster", "aws_s3_bucket")
# Arguments with which AWS refuses a deletion, and the value that is required.
_PROTECTION: Mapping[str, Mapping[str, bool]] = {
    "aws_dynamodb_table": {"deletion_protection_enabled": True},
    "aws_ecr_repository": {"force_delete": False},
    "aws_rds_cluster": {"deletion_protection": True, "skip_final_snapshot": False},
    "aws_s3_bucket": {"force_destroy": False},
}


def _missing_backups(stack: Stack) -> Iterator[Violation]:
    days = _BACKUP_DAYS[stack.tier]
    for cluster in stack.resources("aws_rds_cluster"):
        kept = cluster.attributes.get("backup_retention_period") or 0
        if kept < days:
            yield Violation(
                cluster, f"backups are kept for {kept} days; the tier {stack.tier} requires {days}"
            )
    if stack.tier != "disposable":
        for table in stack.resources("aws_dynamodb_table"):
            if not any(block.get("enabled") for block in table.blocks("point_in_time_recovery")):
                yield Violation(table, "it has no point-in-time recovery")
    for bucket in stack.resources("aws_s3_bucket"):
        if not _versioned(stack, bucket):
            yield Violation(bucket, "it has no versioning: overwritten and deleted objects are lost")


def _versioned(stack: Stack, bucket: Resource) -> bool:
    return any(
        block.get("status") == "Enabled"
        for versioning in stack.resources("aws_s3_bucket_versioning")
        if versioning.refers_to("bucket", bucket)
        for block in versioning.blocks("versioning_configuration")
    )


def _unprotected(stack: Stack) -> Iterator[Violation]:
    if stack.tier == "disposable":
        return
    for resource in stack.resources(*_PROTECTION):
        wrong = [
            key
            for key, value in _PROTECTION[resource.kind].items()
            if bool(resource.attributes.get(key, False)) is not value
        ]
        if wrong:
            yield Violation(resource, f"it can be deleted with its data: {', '.join(wrong)}")
    for resource in stack.resources(*_STATEFUL):
        if not any(block.get("prevent_destroy") for block in resource.blocks("lifecycle")):
            yield Violation(resource, "Terraform can destroy it: its lifecycle has no prevent_destroy")


def _single_points_of_failure(stack: Stack) -> Iterator[Violation]:
    if stack.tier != "critical":
        return
    for cluster in stack.resources("aws_rds_cluster"):
        instances = [
            instance
            for instance in stack.resources("aws_rds_cluster_instance")
            if instance.refers_to("cluster_identifier", cluster)
        ]
        if len(instances) < 2:
            yield Violation(
                cluster, "it does not survive the loss of an availability zone: it has no second instance"
            )


def _expiring_data(stack: Stack) -> Iterator[Violation]:
    for bucket in stack.resources("aws_s3_bucket"):
        if _is_transient(bucket, stack):
            continue
        for lifecycle in stack.resources("aws_s3_bucket_lifecycle_configuration"):
            if not lifecycle.refers_to("bucket", bucket):
                continue
            for rule in lifecycle.blocks("rule"):
                if rule.get("status") != "Enabled":
                    continue
                for block in blocks_of(rule.get("expiration")):
                    when = f"after {block['days']} days" if block.get("days") else block.get("date")
                    if when:
                        yield Violation(lifecycle, f"the current version of objects is deleted {when}")


def _is_transient(bucket: Resource, stack: Stack) -> bool:
    """Return whether a bucket contains logs of a trail or results of queries, which expire."""
    return any(
        trail.refers_to("s3_bucket_name", bucket) for trail in stack.resources("aws_cloudtrail")
    ) or any(
        f"{bucket.address}." in json.dumps(workgroup.attributes)
        or f"s3://{bucket.attributes.get('bucket')}/" in json.dumps(workgroup.attributes)
        for workgroup in stack.resources("aws_athena_workgroup")
    )


POLICIES = (
    Policy(
        "backup-retention",
        "Backups are kept as long as the tier requires",
        "raise the days in environments/<environment>.toml, or leave them to the tier",
        _missing_backups,
    ),
    Policy(
        "deletion-protection",
        "Outside of disposable environments, no resource that holds data can be deleted by mistake",
        "set `protected` to true in its section of environments/<environment>.toml, or leave it to the tier: "
        "[encryption] for the key, [compute] for the repository of job images, [registry] for models and serving "
        "images, [artifacts], [audit], [features] or [metadata] for what they hold",
        _unprotected,
    ),
    Policy(
        "single-point-of-failure",
        "A critical environment survives the loss of an availability zone",
        "set metadata.instances to 2 or more",
        _single_points_of_failure,
    ),
    Policy(
        "expiring-data",
        "Runs, artifacts, tables and models do not expire",
        "expire noncurrent versions only; delete objects with `terrarium gc` and `terrarium datasets expire`",
        _expiring_data,
    ),
)
