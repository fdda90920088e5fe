"""Fingerprints of files: detection of changes by time and size."""

import os
import time
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

__all__ = ["FileMarks"]

_Mark: TypeAlias = tuple[int, int] | None
_SETTLED = 50_000_000  # ns: a more recent change may be followed by one with the same time


class FileMarks(NamedTuple):
    """Times and sizes of files and folders.

    Attributes:
        seen: Time of the last change and size by absolute path; None for missing files. The time is the `ctime` of the
            inode, which cannot be set back and also changes with permissions.
    """

    seen: dict[str, _Mark]

    @classmethod
    def of(cls, paths: Iterable[str]) -> "FileMarks":
        """Read the times and sizes of files and folders, which may be missing."""
        return cls({path: _mark(path) for path in paths})

    def unchanged(self) -> bool:
        """Return whether no file has changed. Reads the file system only."""
        # Each submission takes this time: about 3 us per file.
        return all(_mark(path) == mark for path, mark in self.seen.items())

    def settled(self) -> bool:
        """Return whether later changes are detectable: a file can change twice within one tick of its clock."""
        newest = max((mark[0] for mark in self.seen.values() if mark), default=0)
        return time.time_ns() - newest > _SETTLED


def _mark(path: str) -> _Mark:
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    return status.st_ctime_ns, status.st_size
