"""DB instances: those of a cluster share its server; each of the others has its own."""

from typing import Any

from moto.rds.models import DBInstance, RDSBackend

from terrarium_sandbox.locks import ServiceLocks
from terrarium_sandbox.patches import patch, wrap
from terrarium_sandbox.postgres.server import ADDRESS
from terrarium_sandbox.services.rds.clusters import check_names
from terrarium_sandbox.services.rds.data_plane import DataPlane
from terrarium_sandbox.services.rds.database import Database, is_postgresql

__all__ = ["install_instances"]


def install_instances(data_plane: DataPlane, locks: ServiceLocks) -> None:
    """Connect operations on instances of PostgreSQL to their database servers."""
    _install_endpoints()
    _install_creation(data_plane, locks)
    _install_life(data_plane, locks)


def _stands_alone(instance: DBInstance) -> bool:
    return is_postgresql(instance.engine) and instance.db_cluster_identifier is None


def _install_endpoints() -> None:
    stock: Any = DBInstance.address

    def address(instance: DBInstance) -> Any:
        return ADDRESS if is_postgresql(instance.engine) else stock.fget(instance)

    patch(
        DBInstance,
        "address",
        property(address),
        reason="The endpoint is the address of the database server on this machine.",
    )


def _install_creation(data_plane: DataPlane, locks: ServiceLocks) -> None:
    @wrap(RDSBackend, "create_db_instance", reason="moto has no database server to create.")
    def create(original: Any, backend: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        if not is_postgresql(db_kwargs.get("engine")):
            return original(backend, db_kwargs)  # type: ignore[no-any-return]
        check_names(db_kwargs.get("master_username"), db_kwargs.get("db_name"))
        with locks.holding("secretsmanager"):
            instance: DBInstance = original(backend, db_kwargs)
        if not _stands_alone(instance):
            instance.port = backend.clusters[str(instance.db_cluster_identifier)].port
            return instance

        def undo() -> None:
            instance.deletion_protection = False
            backend.delete_db_instance(instance.db_instance_identifier)

        data_plane.create(Database(instance), requested_port=db_kwargs.get("port"), undo=undo)
        return instance

    @wrap(
        RDSBackend,
        "create_db_instance_read_replica",
        reason="Read replicas of PostgreSQL have no data plane; the sandbox refuses them.",
    )
    def create_replica(original: Any, backend: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        if is_postgresql(backend.find_db_from_id(db_kwargs["source_db_instance_identifier"]).engine):
            raise NotImplementedError("read replicas of PostgreSQL have no data plane")
        return original(backend, db_kwargs)  # type: ignore[no-any-return]


def _install_life(data_plane: DataPlane, locks: ServiceLocks) -> None:
    @wrap(RDSBackend, "delete_db_instance", reason="moto has no database server to delete.")
    def delete(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> DBInstance:
        with locks.holding("secretsmanager"):
            instance: DBInstance = original(backend, *arguments, **keywords)
        if _stands_alone(instance):
            data_plane.remove(Database(instance))
        return instance

    @wrap(RDSBackend, "stop_db_instance", reason="moto has no database server to stop.")
    def stop(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> DBInstance:
        instance: DBInstance = original(backend, *arguments, **keywords)
        if _stands_alone(instance):
            data_plane.stop(Database(instance))
        return instance

    @wrap(RDSBackend, "start_db_instance", reason="moto has no database server to start.")
    def start(original: Any, backend: RDSBackend, db_instance_identifier: str) -> DBInstance:
        instance: DBInstance = original(backend, db_instance_identifier)
        if _stands_alone(instance):
            data_plane.start(Database(instance))
        return instance

    @wrap(RDSBackend, "modify_db_instance", reason="moto has no database server to modify.")
    def modify(
        original: Any, backend: RDSBackend, db_instance_identifier: str, db_kwargs: dict[str, Any]
    ) -> DBInstance:
        instance = backend.describe_db_instances(db_instance_identifier)[0]
        if not _stands_alone(instance):
            return original(backend, db_instance_identifier, db_kwargs)  # type: ignore[no-any-return]
        port = db_kwargs.pop("db_port_number", None)

        def apply() -> DBInstance:
            with locks.holding("secretsmanager"):
                return original(backend, db_instance_identifier, db_kwargs)  # type: ignore[no-any-return]

        return data_plane.modify(Database(instance), apply, port=port, settings=dict(db_kwargs))

    @wrap(
        RDSBackend, "modify_db_parameter_group", reason="moto does not apply parameters to a database server."
    )
    def modify_parameters(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> Any:
        answer = original(backend, *arguments, **keywords)
        data_plane.apply_parameters()
        return answer
