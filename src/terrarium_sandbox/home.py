"""Home of a sandbox: the folder of the files that stay when its process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from terrarium.errors import Error

__all__ = ["Home", "find_home"]


@dataclass(frozen=True)
class Home:
    """The folder of one sandbox: its process record, log, state, and the folders of its services."""

    folder: Path

    @property
    def process_file(self) -> Path:
        """The record of the running process: its id, endpoint, and the token of the internal interface."""
        return self.folder / "process.json"

    @property
    def port_file(self) -> Path:
        """The port that the sandbox listened on last, which shells have in their environment."""
        return self.folder / "port"

    @property
    def log_file(self) -> Path:
        """The output of the background process."""
        return self.folder / "sandbox.log"

    @property
    def lock_file(self) -> Path:
        """The lock of the commands that start, stop or reset the sandbox."""
        return self.folder / "lock"

    @property
    def children_folder(self) -> Path:
        """One record for each child process, to find orphans."""
        return self.folder / "children"

    @property
    def state_folder(self) -> Path:
        """The state of the emulated services."""
        return self.folder / "state"

    @property
    def services_folder(self) -> Path:
        """The data of services with real data planes."""
        return self.folder / "services"

    @property
    def database_authority_file(self) -> Path:
        """The certificate of the authority that signed the databases' certificate (PGSSLROOTCERT)."""
        return self.services_folder / "rds" / "authority.pem"

    def service_folder(self, service: str) -> Path:
        """Return the folder of a service, and create it if it is missing."""
        return _make(self.services_folder / service)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the sandbox against other commands that start, stop or reset it; wait for the lock."""
        _make(self.folder)
        try:
            descriptor = os.open(self.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _not_writable(self.folder, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def find_home() -> Home:
    """Return the home: $TERRARIUM_SANDBOX_HOME, or a folder in the user's state directory."""
    chosen = os.environ.get("TERRARIUM_SANDBOX_HOME")
    if chosen:
        return Home(Path(chosen).expanduser().resolve())
    state = os.environ.get("XDG_STATE_HOME")
    return Home((Path(state) if state else Path.home() / ".local" / "state") / "terrarium" / "sandbox")


def _make(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _not_writable(folder, error) from error
    return folder


def _not_writable(folder: Path, error: OSError) -> Error:
    return Error(
        f"the sandbox cannot write to its home, {folder}: {error.strerror}",
        remedy="correct the permissions of the folder, or set TERRARIUM_SANDBOX_HOME to your own folder",
    )
