"""Recovery of database servers that have ended unexpectedly."""

import logging
import threading
from typing import Any

from moto.rds.models import DBInstance, RDSBackend

from terrarium.errors import Error
from terrarium_sandbox.patches import wrap
from terrarium_sandbox.services.rds.data_plane import DataPlane
from terrarium_sandbox.services.rds.database import Database, all_databases, is_postgresql
from terrarium_sandbox.services.rds.errors import as_rds_errors

__all__ = ["Recovery", "install_recovery"]

_LOOK_EVERY_SECONDS = 0.5
_AFTER_FAILURE_SECONDS = 10.0

_log = logging.getLogger(__name__)


class Recovery:
    """A thread that restarts database servers that have ended unexpectedly.

    Aurora restarts a database instance that fails (Amazon Aurora User Guide, "High availability for Amazon Aurora").

    Args:
        data_plane: The database servers.
    """

    def __init__(self, data_plane: DataPlane) -> None:
        self._data_plane = data_plane
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, name="database recovery", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; return when no restart is running."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _look(self) -> None:
        pause = _LOOK_EVERY_SECONDS
        while not self._stopped.wait(pause):
            pause = _LOOK_EVERY_SECONDS
            for database in self._data_plane.mark_ended():
                try:
                    self._data_plane.recover(database)
                except Error:
                    _log.exception("%s cannot be started again", database.resource_id)
                    pause = _AFTER_FAILURE_SECONDS


def install_recovery(data_plane: DataPlane) -> Recovery:
    """Return the status of the servers in descriptions, and restart the server in RebootDBInstance."""
    for operation in ("describe_db_clusters", "describe_db_instances"):

        @wrap(
            RDSBackend,
            operation,
            reason="The status of a database is that of its server, which may have ended.",
        )
        def describe(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> Any:
            data_plane.mark_ended()
            return original(backend, *arguments, **keywords)

    @wrap(RDSBackend, "reboot_db_instance", reason="moto has no database server to restart.")
    def reboot(original: Any, backend: RDSBackend, *arguments: Any, **keywords: Any) -> DBInstance:
        instance: DBInstance = original(backend, *arguments, **keywords)
        if is_postgresql(instance.engine):
            database = next(one for one in all_databases() if _is_of(one, instance))
            with as_rds_errors():
                data_plane.restart(database)
        return instance

    return Recovery(data_plane)


def _is_of(database: Database, instance: DBInstance) -> bool:
    """Return whether a database serves an instance: its own, or that of its cluster."""
    if instance.db_cluster_identifier is None:
        return database.resource is instance
    return database.resource is instance.backend.clusters.get(instance.db_cluster_identifier)
