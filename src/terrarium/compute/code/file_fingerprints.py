"""Whether files have changed since they were last looked at, by what the file system says of them."""

import os
import time
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

__all__ = ["FileMarks"]

_Mark: TypeAlias = tuple[int, int] | None
_SETTLED = 50_000_000  # ns: what changed less long ago may change again without its time telling


class FileMarks(NamedTuple):
    """Files and folders as they were.

    Attributes:
        seen: Time of the last change and size, by absolute path; None of what was not there. The time is that of the
            inode (`ctime`), which nobody can set back, and which tells new permissions, too.
    """

    seen: dict[str, _Mark]

    @classmethod
    def of(cls, paths: Iterable[str]) -> "FileMarks":
        """Look at files and folders; those that are not there may come."""
        return cls({path: _mark(path) for path in paths})

    def unchanged(self) -> bool:
        """Whether nothing has happened since; asks the file system only."""
        # Each submission pays for this: about 3 us a file.
        return all(_mark(path) == mark for path, mark in self.seen.items())

    def settled(self) -> bool:
        """Whether a change from now on would show: a file can change twice within one tick of its clock."""
        newest = max((mark[0] for mark in self.seen.values() if mark), default=0)
        return time.time_ns() - newest > _SETTLED


def _mark(path: str) -> _Mark:
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    return status.st_ctime_ns, status.st_size
