"""Durability: backups and protection from deletion, as the tier promises."""

import json
from collections.abc import Iterator, Mapping

from environments.tiers import Tier
from policies.policy import Policy, Violation
from policies.stack import Resource, Stack, blocks_of

__all__ = ["POLICIES"]

_BACKUP_DAYS: Mapping[Tier, int] = {"disposable": 1, "standard": 7, "critical": 35}
_STATEFUL = ("aws_dynamodb_table", "aws_kms_key", "aws_rds_cluster", "aws_s3_bucket")
# Arguments by which AWS itself refuses to delete, and the value that makes it do so.
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
                cluster, f"backups are kept for {kept} days; the tier {stack.tier} promises {days}"
            )
    if stack.tier != "disposable":
        for table in stack.resources("aws_dynamodb_table"):
            if not any(block.get("enabled") for block in table.blocks("point_in_time_recovery")):
                yield Violation(table, "it cannot be recovered to a point in time")
    for bucket in stack.resources("aws_s3_bucket"):
        if not _versioned(stack, bucket):
            yield Violation(bucket, "what is overwritten or deleted in it is lost at once")


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
            yield Violation(resource, f"it can be deleted with all it holds: {', '.join(wrong)}")
    for resource in stack.resources(*_STATEFUL):
        if not any(block.get("prevent_destroy") for block in resource.blocks("lifecycle")):
            yield Violation(resource, "Terraform would destroy it when told to")


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
                cluster, "it does not survive the loss of an availability zone: no second instance"
            )


def _expiring_data(stack: Stack) -> Iterator[Violation]:
    for bucket in stack.resources("aws_s3_bucket"):
        if _is_transient(bucket, stack):
            continue
        for lifecycle in stack.resources("aws_s3_bucket_lifecycle_configuration"):
            if not lifecycle.refers_to("bucket", bucket):
                continue
            for rule in lifecycle.blocks("rule"):
                days = [block["days"] for block in blocks_of(rule.get("expiration")) if block.get("days")]
                if days and rule.get("status") == "Enabled":
                    yield Violation(
                        lifecycle, f"the current version of objects is deleted after {days[0]} days"
                    )


def _is_transient(bucket: Resource, stack: Stack) -> bool:
    """Whether a bucket holds logs of a trail or results of queries, which end some day."""
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
        "Backups are kept as long as the tier promises",
        "raise it in environments/<environment>.toml, or leave it to the tier",
        _missing_backups,
    ),
    Policy(
        "deletion-protection",
        "Outside of disposable environments, nothing that holds data can be deleted by mistake",
        "set `protected` to true in its section of environments/<environment>.toml, or leave it to the tier: "
        "[encryption] for the key, [compute] for the repository of job images, [registry] for models and serving "
        "images, [artifacts], [audit], [features] or [metadata] for what they hold",
        _unprotected,
    ),
    Policy(
        "single-point-of-failure",
        "What the business depends on survives the loss of an availability zone",
        "set metadata.instances to 2 or more",
        _single_points_of_failure,
    ),
    Policy(
        "expiring-data",
        "Runs, artifacts, tables and models stay until somebody deletes them",
        "expire noncurrent versions only; delete objects by `terrarium gc` and `terrarium datasets expire`",
        _expiring_data,
    ),
)
