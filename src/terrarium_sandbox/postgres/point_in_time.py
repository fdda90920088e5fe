"""Point-in-time recovery: the data with which a server was created, and the changes that its WAL keeps.

Source: PostgreSQL documentation, "Continuous Archiving and Point-in-Time Recovery (PITR)".
"""

import os
import random
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from terrarium.errors import Error
from terrarium_sandbox.postgres.gateway.login import SUPERUSER
from terrarium_sandbox.postgres.installation import Installation
from terrarium_sandbox.postgres.storage import Storage
from terrarium_sandbox.postgres.template import copy_data

__all__ = ["Recovery", "keep_base"]

_BASE = "base"
_LOG = "recovery.log"
# The server's message if the last change is older than the time.
_NO_LATER_CHANGE = "recovery ended before configured recovery target was reached"
_SECONDS = 300
_LOOK_EVERY_SECONDS = 0.1
# Ports only name the unix sockets; those of servers are higher.
_BELOW_PORTS_OF_SERVERS = 20_000


def keep_base(source: Path, server_folder: Path, storage: Storage, *, shared: bool) -> None:
    """Keep the data with which a server is created: a link to a template, which stays, or a copy.

    Raises:
        Error: The copy failed, for example because the disk is full.
    """
    if shared:
        (server_folder / _BASE).symlink_to(source)
    else:
        copy_data(source, server_folder / _BASE, storage)


@dataclass(frozen=True)
class Recovery:
    """The recovery of a server's data to an earlier time.

    Args:
        installation: The build of PostgreSQL.
        storage: The folders of the sandbox's databases.
        server_folder: The server's folder, with its data and base.
    """

    installation: Installation
    storage: Storage
    server_folder: Path

    def write(self, target: Path, *, until: datetime) -> None:
        """Write the data as it was at a time to a folder, which must not exist.

        Raises:
            Error: The server no longer keeps the changes since its creation, or the disk is full.
        """
        if not (self.server_folder / _BASE).exists():
            raise Error(
                f"the sandbox has no data to recover {self.server_folder.name} from: an earlier version created it",
                remedy="restore a snapshot instead",
            )
        try:
            said = self._recover(target, [f"recovery_target_time = '{until.isoformat()}'"])
            if said and _NO_LATER_CHANGE in said:
                shutil.rmtree(target)
                said = self._recover(target, [])
            if said:
                raise Error(
                    f"the data of {self.server_folder.name} cannot be recovered to {until.isoformat()}: {said}",
                    remedy="restore a snapshot instead: the sandbox keeps 4 GB of changes of a database",
                )
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise

    def _recover(self, target: Path, goal: list[str]) -> str | None:
        """Copy the base and apply the changes; return the end of PostgreSQL's log if that failed."""
        copy_data((self.server_folder / _BASE).resolve(), target, self.storage)
        wal, log = self.server_folder / "data" / "pg_wal", target / _LOG
        port = random.randrange(1, _BELOW_PORTS_OF_SERVERS)  # noqa: S311 - a free name, no secret
        settings = (
            "listen_addresses = ''",
            f"unix_socket_directories = '{self.storage.socket_folder}'",
            f"port = {port}",
            "max_connections = 200",  # at least that of the server, or recovery pauses
            f'restore_command = \'cp "{wal}/%f" "%p"\'',
            "recovery_target_action = 'promote'",
            *goal,
        )
        (target / "postgresql.conf").write_text("\n".join(settings) + "\n")
        signal = target / "recovery.signal"
        signal.touch()
        if self.storage.user.user_id is not None:
            os.chown(signal, self.storage.user.user_id, self.storage.user.group_id or -1)
        control = self.installation.program("pg_ctl")
        where: list[str | Path] = ["-D", target, "-w", "-t", str(_SECONDS)]
        started = self.storage.user.run([control, "start", *where, "-l", log])
        recovered = started.returncode == 0 and self._wait(target, port)
        self.storage.user.run([control, "stop", *where, "-m", "fast"])
        said = log.read_text(errors="replace") if log.exists() else started.stderr
        log.unlink(missing_ok=True)
        return None if recovered else said[-2000:]

    def _wait(self, target: Path, port: int) -> bool:
        """Wait until the recovery has ended; return whether it succeeded."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline and (target / "postmaster.pid").exists():
            with suppress(psycopg.OperationalError), self._connection(port) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                if row == (False,):
                    return True
            time.sleep(_LOOK_EVERY_SECONDS)
        return False

    def _connection(self, port: int) -> "psycopg.Connection[tuple[bool]]":
        folder = str(self.storage.socket_folder)
        return psycopg.connect(host=folder, port=port, user=SUPERUSER, dbname="postgres")
