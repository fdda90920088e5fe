"""DB clusters: operations of RDS, applied to the database servers."""

import re
from typing import Any

from moto.rds.exceptions import InvalidDBClusterStateFault, InvalidParameterValue
from moto.rds.models import DBCluster, RDSBackend

from terrarium_sandbox.locks import ServiceLocks
from terrarium_sandbox.patches import patch, wrap
from terrarium_sandbox.postgres.server import ADDRESS
from terrarium_sandbox.services.rds.data_plane import DataPlane
from terrarium_sandbox.services.rds.database import Database, is_postgresql

__all__ = ["check_names", "install_clusters"]

# Source: Amazon RDS User Guide, "Amazon RDS reserved words" for PostgreSQL.
_RESERVED = frozenset({"admin", "postgres", "rdsadmin", "rdsrepladmin", "rds_superuser"})


def install_clusters(data_plane: DataPlane, locks: ServiceLocks) -> None:
    """Connect operations on clusters of PostgreSQL to their database servers."""
    _install_endpoints()
    _install_life(data_plane, locks)
    _install_modification(data_plane, locks)


def check_names(master: str | None, database: str | None) -> None:
    """Refuse names that RDS refuses: those that need quotes in SQL, and reserved words."""
    for parameter, name in (("MasterUsername", master), ("DatabaseName", database)):
        if name is not None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name):
            raise InvalidParameterValue(f"The parameter {parameter} is not a valid identifier: {name!r}")
    if master is not None and master.lower() in _RESERVED:
        raise InvalidParameterValue(
            f"MasterUsername {master} cannot be used as it is a reserved word used by the engine"
        )


def _install_endpoints() -> None:
    for name in ("endpoint", "reader_endpoint"):
        stock = getattr(DBCluster, name)

        def endpoint(cluster: DBCluster, stock: Any = stock) -> Any:
            return ADDRESS if is_postgresql(cluster.engine) else stock.fget(cluster)

        patch(
            DBCluster,
            name,
            property(endpoint),
            reason="The endpoint is the address of the database server on this machine.",
        )


def _install_life(data_plane: DataPlane, locks: ServiceLocks) -> None:
    @wrap(RDSBackend, "create_db_cluster", reason="moto has no database server to create.")
    def create(original: Any, backend: RDSBackend, kwargs: dict[str, Any]) -> DBCluster:
        if not is_postgresql(kwargs.get("engine")):
            return original(backend, kwargs)  # type: ignore[no-any-return]
        check_names(kwargs.get("master_username"), kwargs.get("database_name"))
        with locks.holding("secretsmanager"):
            cluster: DBCluster = original(backend, kwargs)

        def undo() -> None:
            cluster.deletion_protection = False
            backend.delete_db_cluster(cluster.db_cluster_identifier)

        data_plane.create(Database(cluster), requested_port=kwargs.get("port"), undo=undo)
        return cluster

    @wrap(RDSBackend, "delete_db_cluster", reason="moto has no database server to delete.")
    def delete(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> DBCluster:
        with locks.holding("secretsmanager"):
            cluster: DBCluster = original(backend, *arguments, **keywords)
        if is_postgresql(cluster.engine):
            data_plane.remove(Database(cluster))
        return cluster

    @wrap(RDSBackend, "stop_db_cluster", reason="moto has no database server to stop.")
    def stop(original: Any, backend: RDSBackend, cluster_identifier: str) -> DBCluster:
        answer: DBCluster = original(backend, cluster_identifier)
        if is_postgresql(answer.engine):
            data_plane.stop(Database(backend.clusters[cluster_identifier]))
        return answer

    @wrap(RDSBackend, "start_db_cluster", reason="moto has no database server to start.")
    def start(original: Any, backend: RDSBackend, cluster_identifier: str) -> DBCluster:
        answer: DBCluster = original(backend, cluster_identifier)
        if is_postgresql(answer.engine):
            data_plane.start(Database(backend.clusters[cluster_identifier]))
        return answer


def _install_modification(data_plane: DataPlane, locks: ServiceLocks) -> None:
    @wrap(RDSBackend, "modify_db_cluster", reason="moto has no database server to modify.")
    def modify(original: Any, backend: RDSBackend, kwargs: dict[str, Any]) -> DBCluster:
        cluster = backend.clusters.get(kwargs["db_cluster_identifier"])
        if cluster is None or not is_postgresql(cluster.engine):
            return original(backend, kwargs)  # type: ignore[no-any-return]
        database = Database(cluster)
        if database.stopped:
            raise InvalidDBClusterStateFault(
                f"DbCluster {cluster.db_cluster_identifier} is in stopped state "
                "but expected it to be one of available."
            )
        port = kwargs.pop("port", None)
        # moto would rotate the secret while it does not list the cluster.
        rotates = kwargs.get("apply_immediately") and kwargs.pop("rotate_master_user_password", False)

        def apply() -> DBCluster:
            with locks.holding("secretsmanager"):
                answer: DBCluster = original(backend, kwargs)
                if rotates:
                    cluster.master_user_secret.rotate_secret()
            return answer

        return data_plane.modify(database, apply, port=port, settings=dict(kwargs))

    @wrap(
        RDSBackend,
        "modify_db_cluster_parameter_group",
        reason="moto does not apply parameters to a database server.",
    )
    def modify_parameters(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> Any:
        answer = original(backend, *arguments, **keywords)
        data_plane.apply_parameters()
        return answer
