"""Statements that several permissions boundaries share.

Source of which services support which conditions: Service Authorization Reference.
"""

from modules.iam.statement import Statement
from modules.names import Names

__all__ = ["guarded_buckets", "keeps_locks", "own_keys", "own_tables", "own_tag"]


def own_tag(names: Names) -> dict[str, dict[str, str]]:
    """Return the condition that the resource bears the environment's tag: for resources that have no names."""
    return {"StringEquals": {"aws:ResourceTag/environment": names.environment}}


def own_keys(names: Names) -> Statement:
    """Allow everything with the environment's keys."""
    return Statement(
        sid="OwnKeys",
        actions=("kms:*",),
        resources=(names.arn("kms", "key/*"),),
        conditions=own_tag(names),
    )


def own_tables(names: Names) -> tuple[str, ...]:
    """Return the ARN patterns of the environment's databases in the catalog, and of what they hold."""
    name = f"terrarium_{names.environment.replace('-', '_')}_*"
    return tuple(names.arn("glue", resource) for resource in ("catalog", f"*/{name}"))


def guarded_buckets(names: Names) -> tuple[str, ...]:
    """Return the ARNs of the buckets that hold Terraform's state and the log files of the audit trail."""
    return tuple(f"arn:aws:s3:::{bucket}" for bucket in (names.state_bucket, names.bucket("audit")))


def keeps_locks() -> Statement:
    """Deny to delete, or to unlock, what an object lock in governance mode keeps."""
    return Statement(
        sid="KeepLocks", effect="Deny", actions=("s3:BypassGovernanceRetention",), resources=("*",)
    )
