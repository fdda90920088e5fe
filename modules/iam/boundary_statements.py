"""Statements that several permissions boundaries share.

Source of the conditions that each service supports: Service Authorization Reference.
"""

from collections.abc import Mapping

from modules.iam.statement import Statement
from modules.names import Names

__all__ = [
    "deny_lock_bypass",
    "guarded_buckets",
    "key_arns",
    "key_conditions",
    "own_keys",
    "own_tables",
    "own_tag",
]


def own_tag(names: Names) -> dict[str, dict[str, str]]:
    """Return the condition that the resource has the environment's tag: for resources without names."""
    return {"StringEquals": {"aws:ResourceTag/environment": names.environment}}


def key_arns(names: Names) -> tuple[str, ...]:
    """Return the ARN of the existing key, or the pattern of the key that the stack creates. See `key_conditions`."""
    return (names.key or names.arn("kms", "key/*"),)


def key_conditions(
    names: Names, others: Mapping[str, str | tuple[str, ...]] | None = None
) -> dict[str, dict[str, str | tuple[str, ...]]]:
    """Return the conditions of statements about `key_arns`: the tag of the key, unless its ARN is known.

    Args:
        names: The names of the environment's resources.
        others: Other keys of the condition, with their values.
    """
    tag = {} if names.key else own_tag(names)["StringEquals"]
    return {"StringEquals": {**tag, **(others or {})}} if tag or others else {}


def own_keys(names: Names) -> Statement:
    """Return the statement that allows every action on the environment's keys."""
    return Statement(
        sid="OwnKeys", actions=("kms:*",), resources=key_arns(names), conditions=key_conditions(names)
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
