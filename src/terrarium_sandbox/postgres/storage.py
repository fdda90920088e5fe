"""The folders of databases, which PostgreSQL's user must be able to access."""

import hashlib
import logging
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from terrarium.errors import Error
from terrarium_sandbox.postgres.installation import Installation
from terrarium_sandbox.postgres.operating_user import OperatingUser

__all__ = ["Storage"]

# Used if the sandbox runs as root, because PostgreSQL's user cannot access root's home. The system's folder for
# data of services.
_SYSTEM_FOLDER = Path("/var/lib/terrarium")
_OWNER_FILE = "owner"
# Characters of a unix socket's path on macOS (Linux: 107), less the file name that PostgreSQL uses.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.65535")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Storage:
    """The folders of one sandbox's databases.

    Attributes:
        folder: The sandbox's folder for databases, which `user` may not be able to access.
        user: The user that runs PostgreSQL.
    """

    folder: Path
    user: OperatingUser

    @property
    def root(self) -> Path:
        """The parent of all other folders: `folder`, or, for root, a folder of the system."""
        if self.user.user_id is None:
            return self.folder
        return _SYSTEM_FOLDER / hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]

    @property
    def socket_folder(self) -> Path:
        """The folder of unix sockets, with a short path."""
        inside = self.root / "sockets"
        if len(str(inside)) <= _LONGEST_SOCKET_FOLDER:
            return inside
        name = hashlib.sha256(str(inside).encode()).hexdigest()[:12]
        return Path("/tmp") / f"terrarium-{name}"  # noqa: S108 - `make_folder` checks its owner and mode

    @property
    def servers_folder(self) -> Path:
        """The parent of one folder per database server."""
        return self.root / "servers"

    @property
    def snapshots_folder(self) -> Path:
        """The parent of one folder per snapshot."""
        return self.root / "snapshots"

    @property
    def templates_folder(self) -> Path:
        """The parent of one template folder per build of PostgreSQL; see `template.py`."""
        return self.root / "templates"

    def make(self) -> None:
        """Create the missing folders."""
        if self.root != self.folder:
            _remove_abandoned()
            # Before the owner file: another sandbox that starts now would delete the folders of a missing owner.
            self.folder.mkdir(parents=True, exist_ok=True)
            _SYSTEM_FOLDER.mkdir(mode=0o755, exist_ok=True)
            self.user.make_folder(self.root)
            (self.root / _OWNER_FILE).write_text(str(self.folder))
        for folder in (self.socket_folder, self.servers_folder, self.snapshots_folder, self.templates_folder):
            self.user.make_folder(folder)

    def remove(self) -> None:
        """Delete all folders."""
        for folder in (self.socket_folder, self.root):
            shutil.rmtree(folder, ignore_errors=True)

    def executable_copy(self, installation: Installation) -> Installation:
        """Return the build, or a copy of it if PostgreSQL's user cannot execute the original.

        Another user cannot enter a virtual environment in root's home.

        Raises:
            Error: The build can neither be executed nor copied.
        """
        if self.user.can_access(installation.program("postgres")):
            return installation
        if not installation.parts:
            raise Error(
                f"user {self.user.name}, who must run PostgreSQL, cannot execute {installation.binaries}",
                remedy="make it executable for all users, or install PostgreSQL from a package of your system",
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
    """Delete the folders of sandboxes whose home folder no longer exists."""
    for owner in _SYSTEM_FOLDER.glob(f"*/{_OWNER_FILE}"):
        if not Path(owner.read_text()).exists():
            _log.warning("deleting %s: its sandbox %s no longer exists", owner.parent, owner.read_text())
            shutil.rmtree(owner.parent, ignore_errors=True)
