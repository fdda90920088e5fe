"""Rules of RDS about the storage of clusters."""

import re
from datetime import UTC, datetime

from moto.rds.models import rds_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_IO_OPTIMIZED = "aurora-iopt1"
_FIRST_IO_OPTIMIZED = {13: 10, 14: 7, 15: 2, 16: 1, 17: 4}


@rule(
    "storage-type-of-aurora",
    on=("rds:CreateDBCluster", "rds:ModifyDBCluster"),
    code="InvalidParameterCombination",
    source="RDS API Reference, CreateDBCluster, StorageType: aurora and aurora-iopt1 for Aurora DB clusters",
)
def storage_type_of_aurora(request: Request) -> str | None:
    """The storage of an Aurora cluster is `aurora` or `aurora-iopt1`."""
    wanted, engine = request.get("StorageType"), _engine(request)
    if wanted is None or not engine.startswith("aurora") or wanted in {"aurora", _IO_OPTIMIZED}:
        return None
    return f"Invalid storage type {wanted} for DB engine {engine}."


@rule(
    "engine-version-of-io-optimized-storage",
    on=("rds:CreateDBCluster", "rds:ModifyDBCluster"),
    code="InvalidParameterCombination",
    source="Amazon Aurora User Guide, Supported Regions and Aurora DB engines for cluster storage configurations",
)
def engine_version_of_io_optimized_storage(request: Request) -> str | None:
    """I/O-Optimized storage needs Aurora PostgreSQL 13.10, 14.7, 15.2, 16.1, 17.4 or a newer version."""
    cluster = request.backend(rds_backends).clusters.get(request.get("DBClusterIdentifier"))
    version = request.get("EngineVersion") or (cluster and cluster.engine_version)
    if request.get("StorageType") != _IO_OPTIMIZED or _engine(request) != "aurora-postgresql" or not version:
        return None
    major, minor = map(int, [*re.findall(r"\d+", version), "99"][:2])  # of a major version, the newest one
    if major > max(_FIRST_IO_OPTIMIZED) or minor >= _FIRST_IO_OPTIMIZED.get(major, 100):
        return None
    return f"The storage type {_IO_OPTIMIZED} isn't supported for aurora-postgresql {version}."


@rule(
    "io-optimized-storage-once-in-30-days",
    on=("rds:ModifyDBCluster",),
    code="InvalidDBClusterStateFault",
    source="Amazon Aurora User Guide, Storage configurations for Amazon Aurora DB clusters: to I/O-Optimized once "
    "every 30 days; RDS API Reference, DBCluster, IOOptimizedNextAllowedModificationTime",
)
def io_optimized_storage_once_in_30_days(request: Request) -> str | None:
    """A cluster is switched to I/O-Optimized storage once in 30 days, and back at any time."""
    cluster = request.backend(rds_backends).clusters.get(request.get("DBClusterIdentifier"))
    if (
        cluster is None
        or request.get("StorageType") != _IO_OPTIMIZED
        or cluster.storage_type == _IO_OPTIMIZED
    ):
        return None
    allowed = getattr(cluster, "io_optimized_next_allowed_modification_time", None)
    if allowed is None or allowed <= datetime.now(UTC):
        return None
    return (
        f"You can't modify the storage type of {cluster.db_cluster_identifier} to {_IO_OPTIMIZED} until "
        f"{allowed.isoformat()}."
    )


def _engine(request: Request) -> str:
    cluster = request.backend(rds_backends).clusters.get(request.get("DBClusterIdentifier"))
    return str(request.get("Engine") or (cluster and cluster.engine) or "")


RULES: tuple[Rule, ...] = (
    storage_type_of_aurora,
    engine_version_of_io_optimized_storage,
    io_optimized_storage_once_in_30_days,
)
