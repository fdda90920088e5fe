"""Statements that several permissions boundaries share.

Source of which services support which conditions: Service Authorization Reference.
"""

from environments import Environment
from modules.iam.statement import Statement
from modules.names import Limit, arn, global_name, state_bucket_name

__all__ = ["guarded_buckets", "keeps_locks", "own_keys", "own_tables", "own_tag"]


def own_tag(config: Environment) -> dict[str, dict[str, str]]:
    """Return the condition that the resource bears the environment's tag: for resources that have no names."""
    return {"StringEquals": {"aws:ResourceTag/environment": config.name}}


def own_keys(config: Environment) -> Statement:
    """Allow everything with the environment's keys."""
    return Statement(
        sid="OwnKeys",
        actions=("kms:*",),
        resources=(arn(config, "kms", "key/*"),),
        conditions=own_tag(config),
    )


def own_tables(config: Environment) -> tuple[str, ...]:
    """Return the ARN patterns of the environment's databases in the catalog, and of what they hold."""
    name = f"terrarium_{config.name.replace('-', '_')}_*"
    return tuple(arn(config, "glue", resource) for resource in ("catalog", f"*/{name}"))


def guarded_buckets(config: Environment) -> tuple[str, ...]:
    """Return the ARNs of the buckets that hold Terraform's state and the log files of the audit trail."""
    names = (state_bucket_name(config), global_name(config, "audit", limit=Limit.S3_BUCKET))
    return tuple(f"arn:aws:s3:::{name}" for name in names)


def keeps_locks() -> Statement:
    """Deny to delete, or to unlock, what an object lock in governance mode keeps."""
    return Statement(
        sid="KeepLocks", effect="Deny", actions=("s3:BypassGovernanceRetention",), resources=("*",)
    )
