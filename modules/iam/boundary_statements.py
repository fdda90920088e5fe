"""Statements that several permissions boundaries share.

Source of the conditions that each service supports: Service Authorization Reference.
"""

from modules.iam.statement import Statement
from modules.names import Names

__all__ = ["deny_lock_bypass", "guarded_buckets", "own_keys", "own_tables", "own_tag"]


def own_tag(names: Names) -> dict[str, dict[str, str]]:
    """Return the condition that the resource has the environment's tag: for resources without names."""
    return {"StringEquals": {"aws:ResourceTag/environment": names.environment}}


def own_keys(names: Names) -> Statement:
    """Return the statement that allows every action on the environment's keys."""
    return Statement(
        sid="OwnKeys",
        actions=("kms:*",),
        resources=(names.arn("kms", "key/*"),),
        conditions=own_tag(names),
    )


def own_tables(names: Names) -> tuple[str, ...]:
    """Return the ARN patterns of the environment's databases in the Glue catalog and of their tables."""
    return tuple(names.arn("glue", resource) for resource in ("catalog", f"*/{names.sql_pattern}"))


def guarded_buckets(names: Names) -> tuple[str, ...]:
    """Return the ARNs of the buckets of Terraform's state and of the audit trail's log files."""
    return tuple(names.bucket_arn(bucket) for bucket in (names.state_bucket, names.bucket("audit")))


def deny_lock_bypass() -> Statement:
    """Return the statement that denies bypassing object locks in governance mode."""
    return Statement(
        sid="DenyLockBypass", effect="Deny", actions=("s3:BypassGovernanceRetention",), resources=("*",)
    )
