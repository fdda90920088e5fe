"""All database servers of one sandbox."""

import os
import random
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from terrarium_sandbox.postgres.certificate import make_certificate
from terrarium_sandbox.postgres.installation import Installation, choose_installation, find_installations
from terrarium_sandbox.postgres.operating_user import OperatingUser, find_operating_user
from terrarium_sandbox.postgres.server import ADDRESS, DatabaseServer
from terrarium_sandbox.postgres.storage import Storage
from terrarium_sandbox.postgres.template import copy_data, find_template
from terrarium_sandbox.process.child_processes import Children

__all__ = ["DatabaseServers"]

# Below the ranges from which Linux and macOS take the ports of outgoing connections, so that a port is most likely
# still free after `down` and `up`; and tried in no order, so that sandboxes beside each other do not covet the same.
_PORTS = range(20_000, 27_000)
# What a gateway's interpreter needs of our environment; credentials, for one, are none of PostgreSQL's business.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME")


class DatabaseServers:
    """All database servers of one sandbox: makes them, finds them again, removes them.

    Args:
        folder: The sandbox's folder for them. For root the data is elsewhere: see `Storage`.
        children: Where processes are recorded.
        login_url: From a server's name, where its gateway asks about IAM tokens.
        installations: The builds of PostgreSQL to choose from; those of the machine if omitted.
        user: Whom PostgreSQL runs as; oneself, or for root a user of the system, if omitted.
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
        """The certificate of the authority that clients may trust (PGSSLROOTCERT)."""
        return make_certificate(self._folder).authority_file

    def create(
        self, name: str, *, engine_version: str | None = None, snapshot: str | None = None
    ) -> DatabaseServer:
        """Lay the data folder of a new server: empty, or a copy of a snapshot.

        Raises:
            Error: There is no PostgreSQL that fits, or no room.
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
            except BaseException:
                shutil.rmtree(server_folder, ignore_errors=True)
                raise
            return self._register(name, installation)

    def get(self, name: str) -> DatabaseServer | None:
        """The server of that name, also of an earlier run; None if it has no data here.

        Raises:
            Error: The PostgreSQL that made its data is not there any more.
        """
        with self._lock:
            if name not in self._servers:
                data = self._storage().servers_folder / name / "data"
                if not data.exists():
                    return None
                return self._register(name, self._choose(data=data))
            return self._servers[name]

    def names(self) -> set[str]:
        """The names of all servers whose data is here."""
        folder = Storage(self._folder, self._user or find_operating_user()).servers_folder
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def remove(self, name: str) -> None:
        """Remove a server with its data; nothing happens if there is none."""
        with self._lock:
            server = self.get(name)
            if server is not None:
                server.remove()
                del self._servers[name]

    def stop(self) -> None:
        """Stop all of them."""
        for server in list(self._servers.values()):
            server.stop()

    def save_snapshot(self, name: str, *, snapshot: str) -> None:
        """Keep a copy of a server's data; nothing happens if it has none."""
        server = self.get(name)
        if server is not None:
            server.copy_data(self._storage().snapshots_folder / snapshot)

    def copy_snapshot(self, source: str, target: str) -> None:
        """Copy a snapshot."""
        storage = self._storage()
        copy_data(storage.snapshots_folder / source, storage.snapshots_folder / target, storage)

    def has_snapshot(self, snapshot: str) -> bool:
        """Whether there is a snapshot of that name."""
        return (self._storage().snapshots_folder / snapshot).exists()

    def remove_snapshot(self, snapshot: str) -> None:
        """Remove a snapshot, if it is there."""
        shutil.rmtree(self._storage().snapshots_folder / snapshot, ignore_errors=True)

    def free_ports(self) -> Iterator[int]:
        """Ports on which nobody listens now."""
        for port in random.sample(_PORTS, len(_PORTS)):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((ADDRESS, port))
                except OSError:
                    continue
            yield port

    def remove_all(self) -> None:
        """Stop all of them and remove all that was ever made."""
        with self._lock:
            self.stop()
            self._servers.clear()
            self._prepared = None
            Storage(self._folder, self._user or find_operating_user()).remove()

    def _storage(self) -> Storage:
        # Only when first needed: a sandbox without databases needs no PostgreSQL, and leaves no folders.
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
        return self._storage().reachable(chosen)

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
