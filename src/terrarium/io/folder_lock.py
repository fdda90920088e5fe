"""Lock of a folder for the lifetime of a process. It distinguishes folders of active processes from abandoned ones."""

import os
from pathlib import Path
from typing import Self

from terrarium.io.file_lock import lock_descriptor

__all__ = ["FolderLock"]


class FolderLock:
    """The lock of one folder. It ends with `release`, or with the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> Self | None:
        """Return the lock of a folder; None if another process holds it, or the folder is gone.

        Raises:
            OSError: The lock file cannot be opened: it belongs to another user, or something else has its name.
        """
        try:
            descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            return None
        if not lock_descriptor(descriptor, wait=False):
            os.close(descriptor)
            return None
        return cls(descriptor)

    def release(self) -> None:
        """Release the lock. In a forked process, the parent keeps it."""
        os.close(self._descriptor)
