"""`Connection`: the manifest, the AWS session and the database of one environment, and the registry of connections.

MLflow knows a connection by its tracking URI. `terrarium://<environment>` is the first connection of this process with
boto3's default session that MLflow uses. Every other connection has a URI of its own, so that two identities in one
environment are never mixed: `terrarium://<environment>?session=<token>` where it was opened with another session, and
`?connection=<token>` where the default session or the environment has changed since. In a child process, which inherits
MLflow's tracking URI, the latter means the child's default session; the former is refused there.
"""

import os
import secrets
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from terrarium.aws import Session
from terrarium.aws.login_profile import session_of
from terrarium.deployed_manifest import read_manifest
from terrarium.errors import ConnectionNotFoundError, EnvironmentNotNamedError
from terrarium.gc_tuning import gc_paused
from terrarium.manifest import PlatformManifest

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from terrarium.metadata import Database

__all__ = ["SCHEME", "Connected", "Connection", "connection_of", "open_connection", "plain_uri"]

SCHEME: Final = "terrarium"

_registered: Final[dict[str, "Connection"]] = {}  # tracking URI -> connection
_newest: Final[dict[str, "Connection"]] = {}  # environment -> newest connection with the default session
_lock: Final = threading.RLock()


class Connection:
    """One environment as one identity. Safe to share between threads.

    Args:
        manifest: Resources of the environment.
        session: The AWS clients.
    """

    def __init__(self, manifest: PlatformManifest, session: Session) -> None:
        self.manifest: Final = manifest
        self.session: Final = session

    @property
    def environment(self) -> str:
        """Name of the environment."""
        return self.manifest.environment

    @cached_property
    def database(self) -> "Database":
        """The metadata database, as SQLAlchemy engines. Connects when an engine is first used."""
        from terrarium.metadata import Database

        return Database(self.manifest, session=self.session)

    def close_idle(self) -> None:
        """Close the database connections that nothing uses. This connection stays usable, and opens others."""
        database = vars(self).get("database")
        if database is not None:
            database.close_idle()

    @cached_property
    def tracking_uri(self) -> str:
        """MLflow's tracking and registry URI of this connection; resolves to it in this process."""
        with _lock:
            uri = plain_uri(self.environment)
            if _registered.get(uri) is not self:
                kind = "connection" if self.session.is_default else "session"
                uri = f"{uri}?{kind}={secrets.token_hex(4)}"  # random, since a child process draws its own
                _registered[uri] = self
        return uri

    @cached_property
    def mlflow_client(self) -> "MlflowClient":
        """MLflow's client, with this connection's database and identity."""
        with gc_paused():
            from mlflow import MlflowClient

        return MlflowClient(tracking_uri=self.tracking_uri, registry_uri=self.tracking_uri)

    def has_tracking_uri(self, uri: str) -> bool:
        """Return whether runs tracked at `uri` are runs of this environment, recorded with any identity."""
        if urlsplit(uri).scheme != SCHEME:
            return False
        other = _registered.get(_with_environment(uri))
        return other is not None and (other.environment, other.manifest.account) == (
            self.environment,
            self.manifest.account,
        )

    def __repr__(self) -> str:
        return f"<Connection {self.environment}: account {self.manifest.account}, {self.manifest.region}>"


class Connected(Protocol):
    """An object that has a connection, such as a `Lab`."""

    @property
    def connection(self) -> Connection:
        """The environment it is connected to, and the identity."""
        ...


def open_connection(environment: str | None = None, *, session: Session | None = None) -> Connection:
    """Return a connection to a deployed environment. Costs one call: SSM GetParameter.

    Connections with boto3's default session are registered as `terrarium://<environment>`. The one that is registered
    already is returned if the default session and the manifest are still the same, so that its database is shared. If
    not, the previous one closes its idle database connections: a server has few, and MLflow keeps every store.

    Args:
        environment: Name of the environment. Default: the environment variable `TERRARIUM_ENVIRONMENT`.
        session: The AWS clients. Default: those of the profile that `terrarium login` wrote for the environment, if no
            variable and no default session of boto3 selects another identity; else those of boto3's default session.

    Raises:
        EnvironmentNotNamedError: No name, and no `TERRARIUM_ENVIRONMENT`.
        EnvironmentNotDeployedError: There is no such environment in this account and region.
    """
    environment = environment or os.environ.get("TERRARIUM_ENVIRONMENT")
    if not environment:
        raise EnvironmentNotNamedError(
            "no environment was named",
            remedy='name it: terrarium.connect("dev"), or set TERRARIUM_ENVIRONMENT',
        )
    session = session or session_of(environment)
    connection = Connection(read_manifest(environment, session), session)
    if not session.is_default:
        return connection
    with _lock:
        known = _registered.get(plain_uri(environment))
        if known is not None and known.session.is_default and known.manifest == connection.manifest:
            return known
        # MLflow keeps stores by URI: a connection is only replaced as long as MLflow does not use its URI.
        if known is None or "tracking_uri" not in vars(known):
            _registered[plain_uri(environment)] = connection
        superseded = _newest.get(environment)
        _newest[environment] = connection
    if superseded is not None:
        superseded.close_idle()
    return connection


def connection_of(uri: str) -> Connection:
    """Return the connection behind a `terrarium://` URI; opens one, with boto3's default session, if none is known.

    Args:
        uri: The tracking URI of a connection, `terrarium://<environment>`, or `terrarium://` for the environment that
            `TERRARIUM_ENVIRONMENT` names.

    Raises:
        ConnectionNotFoundError: Another process opened the connection, with a session of its own.
    """
    uri = _with_environment(uri)
    with _lock:
        if uri not in _registered:
            parts = urlsplit(uri)
            if parts.query.startswith("session="):
                raise ConnectionNotFoundError(
                    f"{uri} is a connection with a session of its own, which only the process that opened it can use",
                    remedy="connect in this process, and give MLflow the tracking URI of that lab: "
                    "mlflow.set_tracking_uri(terrarium.connect(..., session=...).tracking_uri)",
                )
            _registered[uri] = open_connection(parts.netloc or None)
        known = _registered[uri]
        known.tracking_uri  # noqa: B018 - from now on MLflow keeps a store by this URI
    return known


def plain_uri(environment: str) -> str:
    """Return the tracking URI of an environment, with boto3's default session, for another process."""
    return f"{SCHEME}://{environment}"


def _with_environment(uri: str) -> str:
    """Return `uri` with the environment that `terrarium://` means."""
    if urlsplit(uri).netloc:
        return uri
    return plain_uri(os.environ.get("TERRARIUM_ENVIRONMENT", ""))
