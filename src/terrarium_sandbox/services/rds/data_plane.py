"""Data plane of RDS: database servers that follow the state of moto's RDS."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from moto.secretsmanager.models import FakeSecret

from terrarium.errors import Error
from terrarium_sandbox.postgres.roles import MasterUser, create_database, create_roles, set_password
from terrarium_sandbox.postgres.server import DatabaseServer, PortBusyError, StartOptions
from terrarium_sandbox.postgres.servers import DatabaseServers
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.rds.database import Database, all_databases
from terrarium_sandbox.services.rds.errors import as_rds_errors
from terrarium_sandbox.services.rds.restoration import current_restoration

__all__ = ["DataPlane"]

_Answer = TypeVar("_Answer")

_log = logging.getLogger(__name__)


class DataPlane:
    """The database servers of a sandbox, by database of RDS.

    Args:
        sandbox: The host.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.servers = DatabaseServers(
            sandbox.home.service_folder("rds"),
            children=sandbox.children,
            login_url=lambda name: f"{sandbox.endpoint}/_terrarium/rds/{name}/logins",
        )

    def create(self, database: Database, *, requested_port: int | None, undo: Callable[[], object]) -> None:
        """Create and start the server of a new database, and set the port of the database.

        The server is empty, or has the data of the current restoration.

        Args:
            database: The database, which exists in moto without a port.
            requested_port: The port of the server; any free port if None.
            undo: Deletes the database again.

        Raises:
            RDSClientError: There is no PostgreSQL, no space, or the port is busy. The database is deleted again.
        """
        restoration = current_restoration()
        port = restoration.port if restoration else requested_port
        try:
            with as_rds_errors():
                self._create_server(database, port, restoration.snapshot if restoration else None)
        except BaseException:
            undo()
            raise
        _log.info("%s: PostgreSQL listens at %s", database.resource_id, database.endpoint)

    def start(self, database: Database) -> None:
        """Start the server of a database at its previous port.

        Raises:
            RDSClientError: It does not start, or its data is missing. The database is then stopped.
        """
        try:
            with as_rds_errors():
                self._start(database)
        except BaseException:
            database.stopped = True
            raise

    def mark_ended(self) -> list[Database]:
        """Mark the databases whose servers have ended unexpectedly as restarting; return them."""
        dead = []
        for database in all_databases():
            server = self.servers.get(database.resource_id)
            if server is not None and server.is_dead:
                database.restarting = True
                dead.append(database)
        return dead

    def recover(self, database: Database) -> None:
        """Start the server of a database again if it has ended.

        Raises:
            Error: It does not start.
        """
        if self._server(database).revive():
            _log.warning("%s: PostgreSQL had ended, and was started again", database.resource_id)
        database.restarting = False

    def restart(self, database: Database) -> None:
        """Restart the server of a database.

        Raises:
            Error: It does not start.
        """
        database.restarting = True
        self._start(database)
        database.restarting = False

    def stop(self, database: Database) -> None:
        """Stop the server of a database."""
        self._server(database).stop()

    def modify(
        self,
        database: Database,
        apply: Callable[[], _Answer],
        *,
        port: int | None,
        settings: Mapping[str, Any],
    ) -> _Answer:
        """Modify a database in moto, and apply the changes to its server.

        Args:
            database: The database.
            apply: Modifies the database in moto, except its port.
            port: The new port, if it changes.
            settings: The parameters of the request.

        Raises:
            RDSClientError: The port is busy. The database does not change.
        """
        changes_password = settings.get("master_user_password") or settings.get("manage_master_user_password")
        with as_rds_errors():
            if port is not None and port != database.port:
                self._move(database, port)
            answer = apply()
            if changes_password:
                self.change_password(database, database.master_user.password)
        self.apply_parameters()
        return answer

    def remove(self, database: Database) -> None:
        """Delete the server of a database with its data."""
        self.servers.remove(database.resource_id)

    def change_password(self, database: Database, password: str) -> None:
        """Set the password of the master user.

        Raises:
            Error: The database is stopped.
        """
        with self._server(database).connection() as connection:
            set_password(connection, MasterUser(database.master_name, password))

    def change_managed_password(self, secret: FakeSecret, password: str) -> None:
        """Set the password of the master user whose secret this is."""
        for database in all_databases():
            managed = database.resource.manage_master_user_password
            if managed and database.resource.master_user_secret.secret_arn == secret.arn:
                self.change_password(database, password)
                return
        raise Error(f"no database has the secret {secret.name}", remedy="delete the secret")

    def apply_parameters(self) -> None:
        """Apply the parameter groups to the running servers."""
        for database in all_databases():
            server = self.servers.get(database.resource_id)
            if server is not None:
                server.force_tls(force=database.forces_tls)

    def start_all(self) -> None:
        """Start the servers of all databases that are not stopped.

        Raises:
            Error: One does not start, or its data is missing.
        """
        unknown = self.servers.names() - {database.resource_id for database in all_databases()}
        if unknown:
            _log.warning("data of databases that are not in the saved state: %s", ", ".join(unknown))
        _log.info("clients trust %s", self.servers.authority_file)  # created now, before a client reads it
        for database in all_databases():
            database.restarting = False  # the status when the state was saved
        started = [database for database in all_databases() if not database.stopped]
        if started:
            with ThreadPoolExecutor(max_workers=4) as pool:
                list(pool.map(self._start, started))

    def stop_all(self) -> None:
        """Stop all servers."""
        self.servers.stop()

    def remove_all(self) -> None:
        """Delete all servers and snapshots."""
        self.servers.remove_all()

    def _create_server(self, database: Database, port: int | None, snapshot: str | None) -> None:
        name = database.resource_id
        server = self.servers.create(name, engine_version=database.engine_version, snapshot=snapshot)
        try:
            self._start_somewhere(server, database, port)
            with server.connection() as connection:
                if snapshot is None:
                    create_roles(connection, database.master_user)
                    create_database(connection, database.database_name, owner=database.master_name)
                else:
                    set_password(connection, database.master_user)
        except BaseException:
            self.servers.remove(name)
            raise

    def _start(self, database: Database) -> None:
        self._server(database).start(_start_options(database, database.port))

    def _move(self, database: Database, port: int) -> None:
        server = self._server(database)
        try:
            server.start(_start_options(database, port))
        except PortBusyError:
            server.start(_start_options(database, database.port))
            raise
        database.port = port

    def _server(self, database: Database) -> DatabaseServer:
        server = self.servers.get(database.resource_id)
        if server is None:
            raise Error(
                f"the data of database {database.resource.arn} is missing",
                remedy="delete the database, or delete all state: terrarium sandbox reset",
            )
        return server

    def _start_somewhere(self, server: DatabaseServer, database: Database, port: int | None) -> None:
        if port is not None:
            server.start(_start_options(database, port))
            database.port = port
            return
        # A stopped database keeps its port.
        taken = {other.port for other in all_databases() if other != database}
        for candidate in self.servers.free_ports():
            if candidate in taken:
                continue
            try:
                server.start(_start_options(database, candidate))
            except PortBusyError:  # another process has just taken it
                continue
            database.port = candidate
            return
        raise Error("no port is free for another database", remedy="delete databases that nobody needs")


def _start_options(database: Database, port: int) -> StartOptions:
    return StartOptions(port=port, master=database.master_name, force_tls=database.forces_tls)
