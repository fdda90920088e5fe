"""A lock that ends with its process, however it ends: by it, the folder of a living one is told from a dead one's."""

import fcntl
import os
from pathlib import Path
from typing import Self

__all__ = ["FolderLock"]


class FolderLock:
    """Holds a folder, until it is let go or the process dies; by flock, which NFS 4 and EFS know, too."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> Self | None:
        """Return the lock of a folder; None if somebody else holds it, or the folder is gone.

        Raises:
            OSError: There can be no lock in it: it is another user's, or something else is in the lock's place.
        """
        try:
            descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(descriptor)

    def release(self) -> None:
        """Let go. In a forked process, this leaves the lock to the parent."""
        os.close(self._descriptor)
