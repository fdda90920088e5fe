"""The database servers of one sandbox."""

import os
import random
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from terrarium_sandbox.postgres.certificate import make_certificate
from terrarium_sandbox.postgres.installation import Installation, choose_installation, find_installations
from terrarium_sandbox.postgres.operating_user import OperatingUser, find_operating_user
from terrarium_sandbox.postgres.point_in_time import keep_base
from terrarium_sandbox.postgres.server import ADDRESS, DatabaseServer
from terrarium_sandbox.postgres.storage import Storage
from terrarium_sandbox.postgres.template import copy_data, find_template
from terrarium_sandbox.process.child_processes import Children

__all__ = ["DatabaseServers"]

# Below the port ranges of outgoing connections of Linux and macOS, so that a port is most likely still free after
# `down` and `up`. Tried in random order, so that several sandboxes do not compete for the same ports.
_PORTS = range(20_000, 27_000)
# Environment variables that a gateway's interpreter needs. It gets no others, such as credentials.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME")


class DatabaseServers:
    """All database servers of one sandbox.

    Args:
        folder: The sandbox's folder for databases. If the sandbox runs as root, the data is elsewhere: see `Storage`.
        children: The register of the sandbox's child processes.
        login_url: Returns, for a server's name, the URL at which its gateway verifies IAM tokens.
        installations: The builds of PostgreSQL to choose from. The default is all builds of this machine.
        user: The user that runs PostgreSQL. The default is the present user, or a system user if that is root.
    """

    def __init__(
        self,
        folder: Path,
        *,
        children: Children,
        login_url: Callable[[str], str],
        installations: Sequence[Installation] | None = None,
        user: OperatingUser | None = None,
    ) -> None:
        self._folder = folder
        self._children = children
        self._login_url = login_url
        self._installations = installations
        self._user = user
        self._prepared: Storage | None = None
        self._servers: dict[str, DatabaseServer] = {}
        self._lock = threading.RLock()

    @property
    def authority_file(self) -> Path:
        """The file of the authority's certificate, for clients (PGSSLROOTCERT)."""
        return make_certificate(self._folder).authority_file

    def create(
        self, name: str, *, engine_version: str | None = None, snapshot: str | None = None
    ) -> DatabaseServer:
        """Create the data folder of a new server: empty, or a copy of a snapshot.

        Raises:
            Error: No PostgreSQL is suitable, or the disk is full.
        """
        with self._lock:
            storage = self._storage()
            server_folder = storage.servers_folder / name
            source = storage.snapshots_folder / snapshot if snapshot else None
            installation = self._choose(engine_version=engine_version, data=source)
            template = source or find_template(installation, storage)
            storage.user.make_folder(server_folder)
            try:
                copy_data(template, server_folder / "data", storage)
                keep_base(template, server_folder, storage, shared=source is None)
            except BaseException:
                shutil.rmtree(server_folder, ignore_errors=True)
                raise
            return self._register(name, installation)

    def get(self, name: str) -> DatabaseServer | None:
        """Return the server with that name, also one of an earlier process; None if it has no data here.

        Raises:
            Error: The PostgreSQL that created its data is not installed.
        """
        with self._lock:
            if name not in self._servers:
                data = self._storage().servers_folder / name / "data"
                if not data.exists():
                    return None
                return self._register(name, self._choose(data=data))
            return self._servers[name]

    def names(self) -> set[str]:
        """Return the names of all servers that have data here."""
        folder = Storage(self._folder, self._user or find_operating_user()).servers_folder
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def remove(self, name: str) -> None:
        """Delete a server with its data. Do nothing if it does not exist."""
        with self._lock:
            server = self.get(name)
            if server is not None:
                server.remove()
                del self._servers[name]

    def stop(self) -> None:
        """Stop all servers."""
        for server in list(self._servers.values()):
            server.stop()

    def save_snapshot(self, name: str, *, snapshot: str) -> None:
        """Save a copy of a server's data. Do nothing if it has none."""
        server = self.get(name)
        if server is not None:
            server.copy_data(self._storage().snapshots_folder / snapshot)

    def save_point_in_time(self, name: str, *, time: datetime, snapshot: str) -> None:
        """Save a server's data as it was at a time. Do nothing if it has none.

        Raises:
            Error: The server no longer keeps the changes since its creation, or the disk is full.
        """
        server = self.get(name)
        if server is not None:
            server.recover_data(self._storage().snapshots_folder / snapshot, time=time)

    def copy_snapshot(self, source: str, target: str) -> None:
        """Copy a snapshot."""
        storage = self._storage()
        copy_data(storage.snapshots_folder / source, storage.snapshots_folder / target, storage)

    def has_snapshot(self, snapshot: str) -> bool:
        """Return whether a snapshot with that name exists."""
        return (self._storage().snapshots_folder / snapshot).exists()

    def remove_snapshot(self, snapshot: str) -> None:
        """Delete a snapshot if it exists."""
        shutil.rmtree(self._storage().snapshots_folder / snapshot, ignore_errors=True)

    def free_ports(self) -> Iterator[int]:
        """Yield ports on which no program listens now."""
        for port in random.sample(_PORTS, len(_PORTS)):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((ADDRESS, port))
                except OSError:
                    continue
            yield port

    def remove_all(self) -> None:
        """Stop all servers, and delete them, their snapshots and templates."""
        with self._lock:
            self.stop()
            self._servers.clear()
            self._prepared = None
            Storage(self._folder, self._user or find_operating_user()).remove()

    def _storage(self) -> Storage:
        # Created at first use: a sandbox without databases needs no PostgreSQL and creates no folders.
        if self._prepared is None:
            storage = Storage(self._folder, self._user or find_operating_user())
            storage.make()
            self._prepared = storage
        return self._prepared

    def _choose(self, *, engine_version: str | None = None, data: Path | None = None) -> Installation:
        if self._installations is None:
            self._installations = find_installations()
        major = int(re.split(r"\D", (data / "PG_VERSION").read_text(), maxsplit=1)[0]) if data else None
        chosen = choose_installation(self._installations, engine_version=engine_version, data_major=major)
        return self._storage().executable_copy(chosen)

    def _register(self, name: str, installation: Installation) -> DatabaseServer:
        self._servers[name] = server = DatabaseServer(
            name,
            installation=installation,
            storage=self._storage(),
            certificate=make_certificate(self._folder),
            children=self._children,
            login_url=self._login_url(name),
            environment={key: os.environ[key] for key in _ENVIRONMENT if key in os.environ} | {"LC_ALL": "C"},
        )
        return server
