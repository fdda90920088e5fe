"""Snapshots: copies of data, and databases restored from them."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from moto.rds.exceptions import InvalidParameterValue
from moto.rds.models import DBCluster, DBClusterSnapshot, DBInstance, DBSnapshot, RDSBackend

from terrarium_sandbox.patches import argument, wrap
from terrarium_sandbox.services.rds.data_plane import DataPlane
from terrarium_sandbox.services.rds.database import Database
from terrarium_sandbox.services.rds.errors import as_rds_errors
from terrarium_sandbox.services.rds.restoration import Restoration, restoring

__all__ = ["install_snapshots"]


def install_snapshots(data_plane: DataPlane) -> None:
    """Save, copy, restore and delete the data of moto's snapshots."""
    _install_saving(data_plane)
    _install_copying(data_plane)
    _install_restoring(data_plane)


def _install_saving(data_plane: DataPlane) -> None:
    @wrap(RDSBackend, "create_db_cluster_snapshot", reason="moto has no data to copy into a snapshot.")
    def create_cluster_snapshot(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> Any:
        snapshot = original(backend, *arguments, **keywords)
        source = backend.clusters[snapshot.db_cluster_identifier]
        return _save(data_plane, backend, snapshot, source)

    @wrap(RDSBackend, "create_db_snapshot", reason="moto has no data to copy into a snapshot.")
    def create_snapshot(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> Any:
        snapshot = original(backend, *arguments, **keywords)
        source = backend.databases[snapshot.database.db_instance_identifier]
        return snapshot if source.db_cluster_identifier else _save(data_plane, backend, snapshot, source)

    for operation in ("delete_db_cluster_snapshot", "delete_db_snapshot"):

        @wrap(RDSBackend, operation, reason="moto has no data to delete with a snapshot.")
        def delete(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> Any:
            snapshot = original(backend, *arguments, **keywords)
            data_plane.servers.remove_snapshot(_name(snapshot))
            return snapshot


def _install_copying(data_plane: DataPlane) -> None:
    for operation, parameter, find in (
        (
            "copy_db_cluster_snapshot",
            "source_db_cluster_snapshot_identifier",
            RDSBackend.get_db_cluster_snapshot,
        ),
        ("copy_db_snapshot", "source_db_snapshot_identifier", RDSBackend.get_db_snapshot),
    ):

        @wrap(RDSBackend, operation, reason="moto has no data to copy with a snapshot.")
        def copy(
            original: Any,
            backend: RDSBackend,
            *arguments: Any,
            parameter: str = parameter,
            find: Any = find,
            **keywords: Any,
        ) -> Any:
            source = _name(find(backend, argument(original, parameter, (backend, *arguments), keywords)))
            snapshot = original(backend, *arguments, **keywords)
            if data_plane.servers.has_snapshot(source):
                with as_rds_errors():
                    data_plane.servers.copy_snapshot(source, _name(snapshot))
            return snapshot


def _install_restoring(data_plane: DataPlane) -> None:
    for operation, find in (
        ("restore_db_cluster_from_snapshot", RDSBackend.get_db_cluster_snapshot),
        ("restore_db_instance_from_db_snapshot", RDSBackend.get_db_snapshot),
    ):

        @wrap(RDSBackend, operation, reason="moto has no data to restore from a snapshot.")
        def restore(
            original: Any, backend: RDSBackend, source: str, overrides: dict[str, Any], find: Any = find
        ) -> Any:
            name = _name(find(backend, source))
            has_data = data_plane.servers.has_snapshot(name)
            with restoring(Restoration(name if has_data else None, overrides.get("port"))):
                return original(backend, source, overrides)

    @wrap(RDSBackend, "restore_db_cluster_to_point_in_time", reason="moto has no data to restore.")
    def restore_cluster(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> Any:
        name = argument(original, "source_db_cluster_identifier", (backend, *arguments), keywords)
        keywords.setdefault("deletion_protection", False)  # as for a snapshot below
        source = backend.describe_db_clusters(name)[0]
        with _restoring_live(data_plane, source, keywords.get("port"), keywords.get("restore_to_time")):
            return original(backend, *arguments, **keywords)

    @wrap(RDSBackend, "restore_db_instance_to_point_in_time", reason="moto has no data to restore.")
    def restore_instance(
        original: Any, backend: RDSBackend, source: str, target: str, overrides: dict[str, Any]
    ) -> Any:
        described, time = backend.describe_db_instances(source)[0], overrides.get("restore_time")
        with _restoring_live(data_plane, described, overrides.get("port"), time):
            return original(backend, source, target, overrides)

    @wrap(
        DBCluster,
        "get_cfg",
        reason="moto fails to restore a cluster whose password RDS manages, and gives a restored cluster the security "
        "groups and the deletion protection of its source.",
    )
    def get_settings(original: Any, cluster: DBCluster) -> dict[str, Any]:
        """Return the settings that a restored cluster gets by itself, also if RDS manages the password.

        Source: RDS API Reference, RestoreDBClusterFromSnapshot: the default security group; DeletionProtection: by
        default, deletion protection isn't enabled.
        """
        if not hasattr(cluster, "_master_user_password"):
            cluster._master_user_password = ""
        return {**original(cluster), "vpc_security_group_ids": [], "deletion_protection": False}


@contextmanager
def _restoring_live(
    data_plane: DataPlane, source: DBCluster | DBInstance, port: int | None, time: str | datetime | None
) -> Iterator[None]:
    """Restore the data of a time, or the present data if it is None."""
    name, server = f"point-in-time-{uuid.uuid4()}", Database(source).resource_id
    with as_rds_errors():
        if time is None:
            data_plane.servers.save_snapshot(server, snapshot=name)
        else:
            moment = _moment(time)
            _check_window(source, moment)
            data_plane.servers.save_point_in_time(server, time=moment, snapshot=name)
    try:
        with restoring(Restoration(name if data_plane.servers.has_snapshot(name) else None, port)):
            yield
    finally:
        data_plane.servers.remove_snapshot(name)


def _moment(time: str | datetime) -> datetime:
    moment = datetime.fromisoformat(time) if isinstance(time, str) else time
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_window(source: DBCluster | DBInstance, time: datetime) -> None:
    """Refuse a time outside of the window that descriptions return.

    Source: RDS API Reference, RestoreDBClusterToPointInTime, RestoreToTime: before the latest restorable time; Amazon
    Aurora User Guide, "Restoring a DB cluster to a specified time": within the backup retention period.
    """
    earliest = (
        source.earliest_restorable_time if isinstance(source, DBCluster) else source.instance_create_time
    )
    first, last = _moment(earliest), datetime.now(UTC)
    if not first <= time <= last:
        raise InvalidParameterValue(
            f"The restore time {time.isoformat()} is not between the earliest restorable time {first.isoformat()} and "
            f"the latest restorable time {last.isoformat()}"
        )


def _save(data_plane: DataPlane, backend: RDSBackend, snapshot: Any, source: DBCluster | DBInstance) -> Any:
    try:
        with as_rds_errors():
            data_plane.servers.save_snapshot(Database(source).resource_id, snapshot=_name(snapshot))
    except BaseException:
        backend.cluster_snapshots.pop(snapshot.resource_id, None)
        backend.database_snapshots.pop(snapshot.resource_id, None)
        raise
    return snapshot


def _name(snapshot: DBClusterSnapshot | DBSnapshot) -> str:
    return re.sub(r"[^\w.-]", "_", snapshot.arn)
