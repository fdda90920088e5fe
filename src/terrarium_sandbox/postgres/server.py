"""One database server: its data folder, and, while it is started, its gateway and postmaster."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import psycopg

from terrarium.errors import Error
from terrarium_sandbox.postgres.certificate import ServerCertificate
from terrarium_sandbox.postgres.configuration import host_based_authentication, server_parameters
from terrarium_sandbox.postgres.gateway.login import SUPERUSER
from terrarium_sandbox.postgres.gateway.settings import EXIT_PORT_BUSY, GatewaySettings
from terrarium_sandbox.postgres.installation import Installation
from terrarium_sandbox.postgres.storage import Storage
from terrarium_sandbox.postgres.template import copy_data
from terrarium_sandbox.process.child_processes import Children
from terrarium_sandbox.process.processes import ProcessIdentity

__all__ = ["ADDRESS", "DatabaseServer", "Listening", "PortBusyError"]

# Where every database is reached; by number, so that no client first tries ::1.
ADDRESS = "127.0.0.1"

# Longer than the gateway gives the postmaster.
_PATIENCE_SECONDS = 150


class PortBusyError(Error):
    """Another program listens where a database should."""


@dataclass(frozen=True, kw_only=True)
class Listening:
    """How a server is started.

    Attributes:
        port: Where it listens.
        master: The name of the master user.
        force_tls: Whether connections without TLS are refused.
    """

    port: int
    master: str
    force_tls: bool


class DatabaseServer:
    """One database server, started or not. Its methods may be called from any thread.

    Args:
        name: What it is known by, e.g. the resource id that RDS gave it.
        installation: The build of PostgreSQL that runs it.
        storage: Where its data is.
        certificate: What it shows to its clients.
        children: Where its processes are recorded.
        login_url: Where its gateway asks about IAM tokens.
        environment: The gateway's environment.
    """

    def __init__(
        self,
        name: str,
        *,
        installation: Installation,
        storage: Storage,
        certificate: ServerCertificate,
        children: Children,
        login_url: str,
        environment: Mapping[str, str],
    ) -> None:
        self.name = name
        self._installation = installation
        self._storage = storage
        self._certificate = certificate
        self._children = children
        self._login_url = login_url
        self._environment = environment
        self._lock = threading.RLock()
        self._gateway: subprocess.Popen[bytes] | None = None
        self._settings: GatewaySettings | None = None
        self._listening: Listening | None = None
        self._postmaster: ProcessIdentity | None = None

    @property
    def folder(self) -> Path:
        """Everything of this server."""
        return self._storage.servers_folder / self.name

    @property
    def data_folder(self) -> Path:
        """What PostgreSQL calls the data directory."""
        return self.folder / "data"

    @property
    def port(self) -> int | None:
        """Where it listens; None if it is stopped."""
        settings = self._settings
        return settings.port if settings else None

    @property
    def is_dead(self) -> bool:
        """Whether it should run, and its gateway or postmaster has ended by itself."""
        if self._listening is None:
            return False
        gateway, postmaster = self._gateway, self._postmaster
        if gateway is None or postmaster is None:  # it could not be revived
            return True
        return gateway.poll() is not None or postmaster.find() is None

    def revive(self) -> bool:
        """Start it again where it was if it is dead; return whether it was.

        Raises:
            Error: PostgreSQL does not start.
        """
        with self._lock:
            listening = self._listening
            if not self.is_dead or listening is None:
                return False
            self._end_backends()
            try:
                self.start(listening)
            except Error:
                self._listening = listening  # it stays dead, and is tried again
                raise
            return True

    def start(self, listening: Listening) -> None:
        """Start it; returns when clients can connect.

        Raises:
            PortBusyError: Another program listens there.
            Error: PostgreSQL does not start; the end of its log is in the message.
        """
        with self._lock:
            self.stop()
            settings = self._settings_for(listening)
            self._configure(listening)
            gateway = subprocess.Popen(
                [sys.executable, "-P", "-m", "terrarium_sandbox.postgres.gateway"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=self._environment,
                start_new_session=True,
            )
            self._gateway, self._settings = gateway, settings
            self._children.record(self._child_name, gateway.pid)
            self._tell(settings)
            assert gateway.stdout is not None  # noqa: S101 - it is a pipe
            with gateway.stdout as answers:
                answer = answers.read().decode(errors="replace").strip()
            if not answer.isdecimal():
                self._raise_failed_start(settings, answer)
            self._children.record(self._child_name, int(answer))
            self._postmaster, self._listening = ProcessIdentity.of(int(answer)), listening

    def stop(self) -> None:
        """End all sessions and stop cleanly; nothing happens if it does not run."""
        with self._lock:
            gateway, self._gateway, self._settings = self._gateway, None, None
            self._postmaster = self._listening = None
            if gateway is None:
                return
            assert gateway.stdin is not None  # noqa: S101 - it is a pipe
            gateway.stdin.close()
            try:
                gateway.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                gateway.kill()
                gateway.wait()
            self._children.end(self._child_name)

    def force_tls(self, *, force: bool) -> None:
        """Refuse connections without TLS from now on, or do not; open ones stay open."""
        with self._lock:
            if self._settings is not None and self._settings.force_tls != force:
                self._settings = replace(self._settings, force_tls=force)
                if self._listening is not None:
                    self._listening = replace(self._listening, force_tls=force)
                self._tell(self._settings)

    @contextmanager
    def connection(self) -> "Iterator[psycopg.Connection[tuple[str]]]":
        """A connection of the superuser's, past the gateway, in autocommit mode.

        Raises:
            Error: The server is stopped.
        """
        settings = self._settings
        if settings is None:
            raise Error(f"the database server {self.name} is stopped", remedy="start it")
        with psycopg.connect(
            host=settings.socket_folder,
            port=settings.port,
            user=SUPERUSER,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            yield connection

    def copy_data(self, target: Path) -> None:
        """Copy the data, consistent as of now, whether or not the server runs. The parent of `target` must exist."""
        with self._lock:
            if self._settings is None:
                copy_data(self.data_folder, target, self._storage)
                return
            source = ["--host", self._settings.socket_folder, "--port", str(self._settings.port)]
            options = ["--username", SUPERUSER, "--checkpoint", "fast", "--no-sync", "--pgdata", str(target)]
            backup = self._installation.program("pg_basebackup")
            result = self._storage.user.run([backup, *source, *options])
        if result.returncode:
            shutil.rmtree(target, ignore_errors=True)
            raise Error(
                f"{backup} could not copy {self.data_folder} to {target}: {result.stderr.strip()}",
                remedy="make room there, and try again",
            )

    def remove(self) -> None:
        """Stop it, and remove it with its data."""
        with self._lock:
            if self._settings is not None:
                # Without the last checkpoint, which only recovery would need.
                control = self._installation.program("pg_ctl")
                self._storage.user.run([control, "stop", "-m", "immediate", "-D", self.data_folder])
            self.stop()
            shutil.rmtree(self.folder)

    def _end_backends(self) -> None:
        """Kill what a dead postmaster has left: no other starts while they hold its shared memory."""
        for process in psutil.process_iter(["name", "cwd"]):
            if process.info["name"] == "postgres" and process.info["cwd"] == str(self.data_folder):
                with suppress(psutil.NoSuchProcess):
                    process.kill()

    @property
    def _child_name(self) -> str:
        return f"postgresql {self.name}"

    def _settings_for(self, listening: Listening) -> GatewaySettings:
        return GatewaySettings(
            address=ADDRESS,
            port=listening.port,
            binaries=str(self._installation.binaries),
            data_folder=str(self.data_folder),
            socket_folder=str(self._storage.socket_folder),
            log_file=str(self.folder / "postgresql.log"),
            certificate_file=str(self._certificate.server_file),
            login_url=self._login_url,
            force_tls=listening.force_tls,
            user_id=self._storage.user.user_id,
            group_id=self._storage.user.group_id,
        )

    def _configure(self, listening: Listening) -> None:
        parameters = server_parameters(port=listening.port, socket_folder=str(self._storage.socket_folder))
        rules = host_based_authentication(superuser=SUPERUSER, master=listening.master)
        # Into the files that initdb made, which belong to PostgreSQL's user.
        (self.data_folder / "postgresql.conf").write_text(parameters)
        (self.data_folder / "pg_hba.conf").write_text(rules)

    def _tell(self, settings: GatewaySettings) -> None:
        if self._gateway is not None and self._gateway.stdin is not None:
            self._gateway.stdin.write(settings.to_line())
            self._gateway.stdin.flush()

    def _raise_failed_start(self, settings: GatewaySettings, answer: str) -> None:
        busy = self._gateway is not None and self._gateway.wait() == EXIT_PORT_BUSY
        self.stop()
        if busy:
            raise PortBusyError(
                f"a database cannot listen at {answer}",
                remedy="end the program that listens there, or give the database another port",
            )
        raise Error(
            f"PostgreSQL did not start on {settings.data_folder}: {answer}",
            remedy=f"mend what it names; the whole log is {settings.log_file}",
        )
