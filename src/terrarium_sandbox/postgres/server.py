"""A database server: its data folder, gateway and postmaster."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psutil
import psycopg

from terrarium.errors import Error
from terrarium_sandbox.postgres.certificate import ServerCertificate
from terrarium_sandbox.postgres.configuration import host_based_authentication, server_parameters
from terrarium_sandbox.postgres.gateway.login import SUPERUSER
from terrarium_sandbox.postgres.gateway.settings import EXIT_PORT_BUSY, GatewaySettings
from terrarium_sandbox.postgres.installation import Installation
from terrarium_sandbox.postgres.point_in_time import Recovery
from terrarium_sandbox.postgres.storage import Storage
from terrarium_sandbox.postgres.template import copy_data
from terrarium_sandbox.process.child_processes import Children
from terrarium_sandbox.process.processes import ProcessIdentity

__all__ = ["ADDRESS", "DatabaseServer", "PortBusyError", "StartOptions"]

# The address of every database. A number, so that clients do not try ::1 first.
ADDRESS = "127.0.0.1"

# Longer than the gateway waits for the postmaster.
_TIMEOUT_SECONDS = 150


class PortBusyError(Error):
    """Another program listens on the database's port."""


@dataclass(frozen=True, kw_only=True)
class StartOptions:
    """The options of a server's start.

    Attributes:
        port: The port on which the server listens.
        master: The name of the master user.
        force_tls: Whether the server refuses connections without TLS.
    """

    port: int
    master: str
    force_tls: bool


class DatabaseServer:
    """A database server, started or not. All methods are thread-safe.

    Args:
        name: The name of the server, such as the resource id in RDS.
        installation: The build of PostgreSQL that runs it.
        storage: The folders of the sandbox's databases.
        certificate: The server certificate.
        children: The register of the sandbox's child processes.
        login_url: The URL at which the gateway verifies IAM tokens.
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
        self._options: StartOptions | None = None
        self._postmaster: ProcessIdentity | None = None

    @property
    def folder(self) -> Path:
        """The server's folder."""
        return self._storage.servers_folder / self.name

    @property
    def data_folder(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"

    @property
    def port(self) -> int | None:
        """The port on which the server listens; None if it is stopped."""
        settings = self._settings
        return settings.port if settings else None

    @property
    def is_dead(self) -> bool:
        """True if the server was started, and its gateway or postmaster has ended."""
        if self._options is None:
            return False
        gateway, postmaster = self._gateway, self._postmaster
        if gateway is None or postmaster is None:  # an earlier restart failed
            return True
        return gateway.poll() is not None or postmaster.find() is None

    def revive(self) -> bool:
        """Restart the server at its former port if it is dead; return whether it was.

        Raises:
            Error: PostgreSQL does not start.
        """
        with self._lock:
            options = self._options
            if not self.is_dead or options is None:
                return False
            self._end_backends()
            try:
                self.start(options)
            except Error:
                self._options = options  # the server stays dead, and the next call retries
                raise
            return True

    def start(self, options: StartOptions) -> None:
        """Start the server, and wait until it accepts connections.

        Raises:
            PortBusyError: Another program listens on the port.
            Error: PostgreSQL does not start. The message has the end of its log.
        """
        with self._lock:
            self.stop()
            settings = self._settings_for(options)
            self._configure(options)
            gateway = subprocess.Popen(
                [sys.executable, "-P", "-m", "terrarium_sandbox.postgres.gateway"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=self._environment,
                start_new_session=True,
            )
            self._gateway, self._settings = gateway, settings
            self._children.record(self._child_name, gateway.pid)
            self._send(settings)
            assert gateway.stdout is not None  # noqa: S101 - it is a pipe
            with gateway.stdout as answers:
                answer = answers.read().decode(errors="replace").strip()
            if not answer.isdecimal():
                self._raise_failed_start(settings, answer)
            self._children.record(self._child_name, int(answer))
            self._postmaster, self._options = ProcessIdentity.of(int(answer)), options

    def stop(self) -> None:
        """End all sessions and stop cleanly. Do nothing if the server is stopped."""
        with self._lock:
            gateway, self._gateway, self._settings = self._gateway, None, None
            self._postmaster = self._options = None
            if gateway is None:
                return
            assert gateway.stdin is not None  # noqa: S101 - it is a pipe
            gateway.stdin.close()
            try:
                gateway.wait(_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                gateway.kill()
                gateway.wait()
            self._children.end(self._child_name)

    def force_tls(self, *, force: bool) -> None:
        """Set whether new connections without TLS are refused. Open connections stay open."""
        with self._lock:
            if self._settings is not None and self._settings.force_tls != force:
                self._settings = replace(self._settings, force_tls=force)
                if self._options is not None:
                    self._options = replace(self._options, force_tls=force)
                self._send(self._settings)

    @contextmanager
    def connection(self) -> "Iterator[psycopg.Connection[tuple[str]]]":
        """Open a connection of the superuser that bypasses the gateway, in autocommit mode.

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
        """Copy a consistent state of the data, whether or not the server runs. The parent of `target` must exist."""
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
                remedy=f"free disk space for {target}, and retry",
            )

    def recover_data(self, target: Path, *, time: datetime) -> None:
        """Write the data as it was at a time, from the data at creation and the changes since. See `copy_data`."""
        with self._lock:
            recovery = Recovery(self._installation, self._storage, server_folder=self.folder)
            recovery.write(target, until=time)

    def remove(self) -> None:
        """Stop the server, and delete it with its data."""
        with self._lock:
            if self._settings is not None:
                # Skip the last checkpoint, which only recovery needs.
                control = self._installation.program("pg_ctl")
                self._storage.user.run([control, "stop", "-m", "immediate", "-D", self.data_folder])
            self.stop()
            shutil.rmtree(self.folder)

    def _end_backends(self) -> None:
        """Kill the backends that a dead postmaster left: they hold its shared memory, so that no other can start."""
        for process in psutil.process_iter(["name", "cwd"]):
            if process.info["name"] == "postgres" and process.info["cwd"] == str(self.data_folder):
                with suppress(psutil.NoSuchProcess):
                    process.kill()

    @property
    def _child_name(self) -> str:
        return f"postgresql {self.name}"

    def _settings_for(self, options: StartOptions) -> GatewaySettings:
        return GatewaySettings(
            address=ADDRESS,
            port=options.port,
            binaries=str(self._installation.binaries),
            data_folder=str(self.data_folder),
            socket_folder=str(self._storage.socket_folder),
            log_file=str(self.folder / "postgresql.log"),
            certificate_file=str(self._certificate.server_file),
            login_url=self._login_url,
            force_tls=options.force_tls,
            user_id=self._storage.user.user_id,
            group_id=self._storage.user.group_id,
        )

    def _configure(self, options: StartOptions) -> None:
        parameters = server_parameters(port=options.port, socket_folder=str(self._storage.socket_folder))
        rules = host_based_authentication(superuser=SUPERUSER, master=options.master)
        # Overwrite the files of initdb, which PostgreSQL's user owns.
        (self.data_folder / "postgresql.conf").write_text(parameters)
        (self.data_folder / "pg_hba.conf").write_text(rules)

    def _send(self, settings: GatewaySettings) -> None:
        if self._gateway is not None and self._gateway.stdin is not None:
            self._gateway.stdin.write(settings.to_line())
            self._gateway.stdin.flush()

    def _raise_failed_start(self, settings: GatewaySettings, answer: str) -> None:
        busy = self._gateway is not None and self._gateway.wait() == EXIT_PORT_BUSY
        self.stop()
        if busy:
            raise PortBusyError(
                f"a database cannot listen at {answer}",
                remedy="end the program that listens there, or choose another port for the database",
            )
        raise Error(
            f"PostgreSQL did not start on {settings.data_folder}: {answer}",
            remedy=f"correct the cause that PostgreSQL states; its log is {settings.log_file}",
        )
