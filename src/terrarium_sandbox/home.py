"""Where a sandbox keeps what must outlive its process."""

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
        """What runs here: process, endpoint, and the token of the internal interface."""
        return self.folder / "process.json"

    @property
    def port_file(self) -> Path:
        """The port that the sandbox listened on last: shells have it in their environment."""
        return self.folder / "port"

    @property
    def log_file(self) -> Path:
        """What the background process prints."""
        return self.folder / "sandbox.log"

    @property
    def lock_file(self) -> Path:
        """What commands hold that start, stop or reset the sandbox."""
        return self.folder / "lock"

    @property
    def children_folder(self) -> Path:
        """One record per child process, by which orphans are found."""
        return self.folder / "children"

    @property
    def state_folder(self) -> Path:
        """What the emulated services hold."""
        return self.folder / "state"

    @property
    def services_folder(self) -> Path:
        """What services with real data planes hold."""
        return self.folder / "services"

    @property
    def database_authority_file(self) -> Path:
        """The certificate of the authority that signed the databases' certificate (PGSSLROOTCERT)."""
        return self.services_folder / "rds" / "authority.pem"

    def service_folder(self, service: str) -> Path:
        """A folder of `service`'s own, made if it is missing."""
        return _make(self.services_folder / service)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the sandbox against other commands that start, stop or reset it; waits for its turn."""
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
    """The sandbox's home: $TERRARIUM_SANDBOX_HOME, or a folder among the user's state."""
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
        remedy="mend the folder's permissions, or set TERRARIUM_SANDBOX_HOME to a folder of yours",
    )
