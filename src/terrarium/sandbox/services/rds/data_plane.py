"""Keeps the database servers as moto's RDS says they are."""

import logging
from concurrent.futures import ThreadPoolExecutor

from moto.secretsmanager.models import FakeSecret

from terrarium.errors import Error
from terrarium.sandbox.host import Sandbox
from terrarium.sandbox.postgres.roles import MasterUser, create_database, create_roles, set_password
from terrarium.sandbox.postgres.server import DatabaseServer, Listening, PortBusyError
from terrarium.sandbox.postgres.servers import DatabaseServers
from terrarium.sandbox.services.rds.database import Database, all_databases

__all__ = ["DataPlane"]

_log = logging.getLogger(__name__)


class DataPlane:
    """The database servers of a sandbox, in terms of RDS' databases.

    Args:
        sandbox: The host.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.servers = DatabaseServers(
            sandbox.home.service_folder("rds"),
            children=sandbox.children,
            login_url=lambda name: f"{sandbox.endpoint}/_terrarium/rds/{name}/logins",
        )

    def create(self, database: Database, *, port: int | None, snapshot: str | None = None) -> None:
        """Create and start the server of a new database, and tell the database its port.

        Args:
            database: It is there already, without a port.
            port: Where it shall listen; any free port if None.
            snapshot: Whose data it starts with.

        Raises:
            Error: There is no PostgreSQL, no room, or somebody else at this port. Nothing is left then.
        """
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
        _log.info("%s: PostgreSQL listens at %s", name, database.endpoint)

    def start(self, database: Database) -> None:
        """Start a database's server where it was.

        Raises:
            Error: It does not start, or its data is gone.
        """
        self._server(database).start(_listening(database, database.port))

    def stop(self, database: Database) -> None:
        """Stop a database's server."""
        self._server(database).stop()

    def move(self, database: Database, port: int) -> None:
        """Let a database listen at another port; where that is busy it stays where it was."""
        server = self._server(database)
        try:
            server.start(_listening(database, port))
        except PortBusyError:
            server.start(_listening(database, database.port))
            raise
        database.port = port

    def remove(self, database: Database) -> None:
        """Remove a database's server, data included."""
        self.servers.remove(database.resource_id)

    def change_password(self, database: Database, password: str) -> None:
        """Give the master user a password.

        Raises:
            Error: The database is stopped.
        """
        with self._server(database).connection() as connection:
            set_password(connection, MasterUser(database.master_name, password))

    def change_managed_password(self, secret: FakeSecret, password: str) -> None:
        """Give the master user whose secret this is a password."""
        for database in all_databases():
            managed = database.resource.manage_master_user_password
            if managed and database.resource.master_user_secret.secret_arn == secret.arn:
                self.change_password(database, password)
                return
        raise Error(f"no database has the secret {secret.name}", remedy="delete the secret")

    def apply_parameters(self) -> None:
        """Apply what the parameter groups say to the servers that run."""
        for database in all_databases():
            server = self.servers.get(database.resource_id)
            if server is not None:
                server.force_tls(force=database.forces_tls)

    def start_all(self) -> None:
        """Start the servers of all databases that are not stopped.

        Raises:
            Error: One does not start, or its data is gone.
        """
        unknown = self.servers.names() - {database.resource_id for database in all_databases()}
        if unknown:
            _log.warning(
                "there is data of databases that the saved state does not know: %s", ", ".join(unknown)
            )
        started = [database for database in all_databases() if not database.stopped]
        if started:
            with ThreadPoolExecutor(max_workers=4) as pool:
                list(pool.map(self.start, started))

    def stop_all(self) -> None:
        """Stop all servers."""
        self.servers.stop()

    def remove_all(self) -> None:
        """Remove all servers and snapshots."""
        self.servers.remove_all()

    def _server(self, database: Database) -> DatabaseServer:
        server = self.servers.get(database.resource_id)
        if server is None:
            raise Error(
                f"the data of database {database.resource.arn} is gone",
                remedy="delete the database, or start anew: terrarium sandbox reset",
            )
        return server

    def _start_somewhere(self, server: DatabaseServer, database: Database, port: int | None) -> None:
        if port is not None:
            server.start(_listening(database, port))
            database.port = port
            return
        # A stopped database keeps its port.
        taken = {other.port for other in all_databases() if other != database}
        for candidate in self.servers.free_ports():
            if candidate in taken:
                continue
            try:
                server.start(_listening(database, candidate))
            except PortBusyError:  # somebody came between
                continue
            database.port = candidate
            return
        raise Error("no port is free for another database", remedy="delete databases that nobody needs")


def _listening(database: Database, port: int) -> Listening:
    return Listening(port=port, master=database.master_name, force_tls=database.forces_tls)
