"""Where the data folders are: PostgreSQL's user must be able to reach them."""

import hashlib
import logging
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from terrarium.errors import Error
from terrarium_sandbox.postgres.installation import Installation
from terrarium_sandbox.postgres.operating_user import OperatingUser

__all__ = ["Storage"]

# Root's homes are closed to the user PostgreSQL runs as. This is where a system keeps what services own.
_SYSTEM_FOLDER = Path("/var/lib/terrarium")
_OWNER_FILE = "owner"
# What a unix socket's path may have on macOS (Linux: 107), less the name PostgreSQL gives it.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.65535")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Storage:
    """The folders of one sandbox's databases.

    Attributes:
        folder: The sandbox's own folder for them, which may be closed to `user`.
        user: Whom PostgreSQL runs as.
    """

    folder: Path
    user: OperatingUser

    @property
    def root(self) -> Path:
        """What everything below lies in: `folder`, or, for root, a folder of the system's."""
        if self.user.user_id is None:
            return self.folder
        return _SYSTEM_FOLDER / hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]

    @property
    def socket_folder(self) -> Path:
        """For unix sockets; its path is short."""
        inside = self.root / "sockets"
        if len(str(inside)) <= _LONGEST_SOCKET_FOLDER:
            return inside
        name = hashlib.sha256(str(inside).encode()).hexdigest()[:12]
        return Path("/tmp") / f"terrarium-{name}"  # noqa: S108 - `make_folder` makes sure that it is ours

    @property
    def servers_folder(self) -> Path:
        """One folder per database server."""
        return self.root / "servers"

    @property
    def snapshots_folder(self) -> Path:
        """One folder per snapshot."""
        return self.root / "snapshots"

    @property
    def templates_folder(self) -> Path:
        """One folder per build of PostgreSQL, which new database servers are copies of."""
        return self.root / "templates"

    def make(self) -> None:
        """Make the folders that are missing."""
        if self.root != self.folder:
            _remove_abandoned()
            _SYSTEM_FOLDER.mkdir(mode=0o755, exist_ok=True)
            self.user.make_folder(self.root)
            (self.root / _OWNER_FILE).write_text(str(self.folder))
        for folder in (self.socket_folder, self.servers_folder, self.snapshots_folder, self.templates_folder):
            self.user.make_folder(folder)

    def remove(self) -> None:
        """Remove all of it."""
        for folder in (self.socket_folder, self.root):
            shutil.rmtree(folder, ignore_errors=True)

    def reachable(self, installation: Installation) -> Installation:
        """The build, or a copy of it where PostgreSQL's user can execute it.

        A virtual environment in root's home cannot be entered by another user.

        Raises:
            Error: It can neither be executed nor be copied.
        """
        if self.user.reaches(installation.program("postgres")):
            return installation
        if not installation.parts:
            raise Error(
                f"user {self.user.name}, whom PostgreSQL must run as, cannot execute {installation.binaries}",
                remedy="let everybody execute it, or install PostgreSQL from a package of your system",
            )
        site = installation.parts[0].parent
        copy = self.root / installation.name
        if not copy.exists():
            unfinished = copy.with_name(f".{copy.name}")
            shutil.rmtree(unfinished, ignore_errors=True)
            for part in installation.parts:
                shutil.copytree(part, unfinished / part.name, symlinks=True)
            unfinished.rename(copy)
        return replace(installation, binaries=copy / installation.binaries.relative_to(site), parts=())


def _remove_abandoned() -> None:
    """Remove the folders of sandboxes whose homes are gone: nothing refers to them any more."""
    for owner in _SYSTEM_FOLDER.glob(f"*/{_OWNER_FILE}"):
        if not Path(owner.read_text()).exists():
            _log.warning("removing %s: its sandbox, %s, is gone", owner.parent, owner.read_text())
            shutil.rmtree(owner.parent, ignore_errors=True)
