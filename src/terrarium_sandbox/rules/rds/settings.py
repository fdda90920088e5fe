"""Rules of RDS about single settings of clusters."""

import re
from typing import Any

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_IDENTIFIER = re.compile(r"(?i)(?!.*--)[a-z][a-z0-9-]{0,62}(?<!-)")
_RETENTION_DAYS = range(1, 36)
_LEAST_CAPACITY, _MOST_CAPACITY = 0, 256  # ACU; the maximum capacity is at least 1


@rule(
    "cluster-identifier",
    on=("rds:CreateDBCluster",),
    code="InvalidParameterValue",
    source="RDS API Reference, CreateDBCluster, DBClusterIdentifier, Constraints",
)
def cluster_identifier(request: Request) -> str | None:
    """A cluster's identifier has 1 to 63 letters, digits and single hyphens, and begins with a letter."""
    if _IDENTIFIER.fullmatch(request.get("DBClusterIdentifier", "")):
        return None
    return (
        "The parameter DBClusterIdentifier is not a valid identifier. Identifiers must begin with a letter; must "
        "contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two "
        "consecutive hyphens."
    )


@rule(
    "cluster-backup-retention",
    on=("rds:CreateDBCluster", "rds:ModifyDBCluster"),
    code="InvalidParameterValue",
    source="RDS API Reference, CreateDBCluster, BackupRetentionPeriod: 1 to 35",
)
def cluster_backup_retention(request: Request) -> str | None:
    """Automated backups of a cluster are retained for 1 to 35 days."""
    days = request.get("BackupRetentionPeriod")
    if days is None or days in _RETENTION_DAYS:
        return None
    return f"Invalid backup retention period: {days}. Must be between 1 and 35"


@rule(
    "key-of-a-secret-needs-a-managed-password",
    on=("rds:CreateDBCluster", "rds:ModifyDBCluster"),
    code="InvalidParameterCombination",
    source="hashicorp/terraform-provider-aws#41795",
)
def key_of_a_secret_needs_a_managed_password(request: Request) -> str | None:
    """A request with the key of the master user's secret must also say that RDS manages the password."""
    if request.get("MasterUserSecretKmsKeyId") is None or request.get("ManageMasterUserPassword"):
        return None
    return "A ManageMasterUserPassword value is required when MasterUserSecretKmsKeyId is specified."


@rule(
    "serverless-capacity",
    on=("rds:CreateDBCluster", "rds:ModifyDBCluster"),
    code="InvalidParameterValue",
    source="RDS API Reference, ServerlessV2ScalingConfiguration: half steps, 0 to 256, a maximum of at least 1",
)
def serverless_capacity(request: Request) -> str | None:
    """The capacity of Aurora Serverless v2 is 0 to 256 ACU in steps of 0.5; the maximum capacity is at least 1."""
    scaling = request.get("ServerlessV2ScalingConfiguration") or {}
    least, most = scaling.get("MinCapacity"), scaling.get("MaxCapacity")
    if not _is_capacity(least, at_least=_LEAST_CAPACITY) or not _is_capacity(most, at_least=1):
        return f"Serverless v2 capacity {least} to {most} isn't valid. The capacity is a multiple of 0.5 from 0 to 256."
    if least is not None and most is not None and least > most:
        return f"Serverless v2 maximum capacity {most} isn't valid. It must be at least {least}."
    return None


def _is_capacity(value: Any, *, at_least: float) -> bool:
    return value is None or (at_least <= value <= _MOST_CAPACITY and float(value * 2).is_integer())


RULES: tuple[Rule, ...] = (
    cluster_identifier,
    cluster_backup_retention,
    key_of_a_secret_needs_a_managed_password,
    serverless_capacity,
)
