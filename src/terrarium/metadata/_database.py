"""Engines of the metadata database, one per database user."""

import os
import weakref
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from terrarium.arguments import checked_methods
from terrarium.aws import Session, translate_errors
from terrarium.aws.clock_difference import clock_difference
from terrarium.manifest import MetadataDatabase, PlatformManifest
from terrarium.metadata._psycopg_log_filter import quiet_failed_pipelines
from terrarium.metadata.logins import login_explained
from terrarium.metadata.server_certificate import certificate_options
from terrarium.tunnel.address import tunnel_address

if TYPE_CHECKING:
    from psycopg import Connection
    from sqlalchemy import Engine

__all__ = ["Database", "leave_to_parent"]

# A paused cluster takes about 15 s to resume, and 30 s or longer after a day.
# Source: Amazon Aurora User Guide, "Scaling to Zero ACUs with automatic pause and resume".
_CONNECT_TIMEOUT = 60  # s
# An open session keeps the cluster from pausing, which costs. The server ends idle ones; the pool notices.
_IDLE_TIMEOUT = 300_000  # ms


@checked_methods
class Database:
    """The metadata database of an environment, with one engine per database user.

    Engines pool connections. Each new connection logs in with a new IAM token, so a pool outlives the 15 minutes of a
    token. Connections are encrypted. Before the server gets a token, its certificate and name are verified against the
    authorities of Amazon RDS, or those in `PGSSLROOTCERT`. Connections use `terrarium tunnel` if it runs.

    Example:
        >>> with lab.metadata.reader.connect() as connection:
        ...     connection.exec_driver_sql("SELECT count(*) FROM runs").scalar()
    """

    def __init__(self, manifest: PlatformManifest, *, session: Session) -> None:
        self._manifest = manifest
        self._session = session
        self._engines: weakref.WeakSet[Engine] = weakref.WeakSet()

    @property
    def environment(self) -> str:
        """The name of the environment."""
        return self._manifest.environment

    @property
    def description(self) -> MetadataDatabase:
        """The section of the database in the manifest."""
        return self._manifest.metadata

    @cached_property
    def owner(self) -> "Engine":
        """The engine of the user that owns and migrates the schema."""
        return self._with_token(self.description.owner, self.description.host)

    @cached_property
    def writer(self) -> "Engine":
        """The engine of the user that records runs and models."""
        return self._with_token(self.description.writer, self.description.host)

    @cached_property
    def reader(self) -> "Engine":
        """The engine of the read-only user, on a replica if there is one."""
        # A tunnel leads to one host only, and a token is only valid for the host that it was signed for.
        tunnelled = tunnel_address(self.environment) is not None
        host = self.description.host if tunnelled else self.description.reader_host
        return self._with_token(self.description.reader, host)

    def writer_of(self, schema: str) -> "Engine":
        """Return an engine of the recording user with another default schema than MLflow's."""
        return self._with_token(self.description.writer, self.description.host, schema=schema)

    def owner_of(self, schema: str) -> "Engine":
        """Return an engine of the migrating user with another default schema than MLflow's."""
        return self._with_token(self.description.owner, self.description.host, schema=schema)

    def engine(
        self, user: str, password: Callable[[], str], *, host: str | None = None, schema: str | None = None
    ) -> "Engine":
        """Return an engine for `user` that calls `password` for each new connection.

        Args:
            user: The database user.
            password: Returns the password.
            host: The host. Defaults to the writer of the cluster.
            schema: The search path. Defaults to that of the user.
        """
        import sqlalchemy

        quiet_failed_pipelines()
        description = self.description
        search_path = f" -c search_path={schema}" if schema else ""
        engine = sqlalchemy.create_engine(
            sqlalchemy.URL.create(
                "postgresql+psycopg",
                username=user,
                host=host or description.host,
                port=description.port,
                database=description.database,
            ),
            pool_pre_ping=True,
            connect_args={
                **certificate_options(),
                "connect_timeout": _CONNECT_TIMEOUT,
                "application_name": "terrarium",
                "options": f"-c idle_session_timeout={_IDLE_TIMEOUT}{search_path}",
            },
        )

        def connect(dialect: Any, _: object, arguments: list[Any], options: dict[str, Any]) -> "Connection":
            options["password"] = password()
            address = tunnel_address(self.environment)
            if address is not None:
                # The host name remains that of the cluster, for which token and certificate are valid.
                options |= {"hostaddr": address.host, "port": address.port}
            with login_explained(
                self.environment,
                description,
                user=user,
                clock_difference=lambda: clock_difference(self._session),
            ):
                connection: Connection = dialect.connect(*arguments, **options)
            return connection

        sqlalchemy.event.listen(engine, "do_connect", connect)
        leave_to_parent(engine)
        self._engines.add(engine)
        return engine

    def close_idle(self) -> None:
        """Close the connections that no engine uses now. Every engine stays usable, and opens others."""
        for engine in tuple(self._engines):
            engine.dispose()

    def _with_token(self, user: str, host: str, *, schema: str | None = None) -> "Engine":
        def token() -> str:
            with translate_errors(f"sign in to the metadata database of {self.environment!r}"):
                signed: str = self._session.client("rds").generate_db_auth_token(
                    DBHostname=host,
                    Port=self.description.port,
                    DBUsername=user,
                    Region=self._manifest.region,
                )
            return signed

        return self.engine(user, token, host=host, schema=schema)


def leave_to_parent(engine: "Engine") -> None:
    """Make forked processes open their own connections. Data loaders fork, and connections cannot be shared."""
    kept = weakref.ref(engine)

    def forget_inherited() -> None:
        inherited = kept()
        if inherited is not None:
            inherited.dispose(close=False)

    os.register_at_fork(after_in_child=forget_inherited)
