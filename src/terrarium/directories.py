"""Folders for files between processes (XDG Base Directory Specification), readable by their user only."""

import os
import stat
import tempfile
from pathlib import Path

from terrarium.errors import UnavailableError

__all__ = ["cache_directory", "make_private", "state_directory"]


def cache_directory() -> Path:
    """Return `$XDG_CACHE_HOME/terrarium`, by default `~/.cache/terrarium`. The folder exists, and can be deleted.

    If it is not writable, e.g. in a read-only home folder, return a folder in the system's temporary folder.

    Raises:
        UnavailableError: Neither folder is writable.
    """
    chosen = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "terrarium"
    try:
        make_private(chosen)
        _check_writable(chosen)
    except OSError as error:
        return _temporary_cache(error)
    return chosen


def state_directory() -> Path:
    """Return `$XDG_STATE_HOME/terrarium`, by default `~/.local/state/terrarium`. It must not be deleted."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "terrarium"


def make_private(folder: Path) -> None:
    """Create a folder that only its user can read, or restrict an existing folder to its user.

    Raises:
        OSError: The folder cannot be created.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


def _check_writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(f"{folder} cannot be written")


def _temporary_cache(problem: OSError) -> Path:
    folder = Path(tempfile.gettempdir()) / f"terrarium-{os.geteuid()}"
    try:
        make_private(folder)
        # Every user can create folders there. A link, or a folder of another user, is not used.
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(f"{folder} belongs to another user")
        _check_writable(folder)
    except OSError as error:
        raise UnavailableError(
            f"there is no folder for Terrarium's cache: {problem}; {error}",
            remedy="set XDG_CACHE_HOME or TMPDIR to a folder that you can write",
        ) from error
    return folder
