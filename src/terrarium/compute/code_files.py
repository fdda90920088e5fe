"""The files of a checkout that make up its code, and whether they have changed since they were last looked at."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from terrarium.code.git import git
from terrarium.compute.errors import CodeNotShippableError

__all__ = ["CodeFiles"]

_LARGEST_UNTRACKED = 10 * 2**20  # bytes, as for the patch of a record
_NO_CODE = ("--exclude=mlruns/", "--exclude=mlartifacts/")
_SETTLED = 50_000_000  # ns: what changed less long ago may change again without its time telling


class CodeFiles(NamedTuple):
    """What git tracks and what is new there, but nothing that is ignored.

    Attributes:
        root: The checkout's topmost folder.
        paths: Relative to it, in order.
        seen: What the file system said of everything that could change them.
    """

    root: Path
    paths: tuple[str, ...]
    seen: dict[str, tuple[int, int] | None]

    @classmethod
    def of(cls, root: Path) -> "CodeFiles":
        """Look at the checkout around `root`.

        Raises:
            CodeNotShippableError: It has submodules.
        """
        tracked = _names(git("ls-files", "-z", folder=root))
        untracked = _names(git("ls-files", "--others", "--exclude-standard", *_NO_CODE, "-z", folder=root))
        empty = _names(git("ls-files", "--others", "--directory", "--exclude-standard", "-z", folder=root))
        small = [path for path in untracked if _size(root / path) <= _LARGEST_UNTRACKED]
        paths = tuple(sorted({path for path in (*tracked, *small) if os.path.lexists(root / path)}))
        for path in paths:
            if (root / path).is_dir() and not (root / path).is_symlink():
                raise CodeNotShippableError(
                    f"{root / path} is a submodule, which a snapshot does not hold",
                    remedy="install it as a package, or submit from within it",
                )
        folders = {parent for path in (*tracked, *untracked, *empty) for parent in _parents(path)}
        watched = (*tracked, *untracked, *folders, *_of_git(root))
        return cls(root, paths, {path: _mark(path) for path in (str(root / name) for name in watched)})

    def unchanged(self) -> bool:
        """Whether nothing has happened since; asks the file system only."""
        return all(_mark(path) == mark for path, mark in self.seen.items())

    def settled(self) -> bool:
        """Whether a change from now on would show: a file can change twice within one tick of its clock."""
        newest = max((mark[0] for mark in self.seen.values() if mark), default=0)
        return time.time_ns() - newest > _SETTLED


def _names(listing: bytes) -> list[str]:
    return [os.fsdecode(name) for name in listing.split(b"\0") if name]


def _parents(path: str) -> Iterator[str]:
    """The folders above a path; of a path that ends with a slash, itself too."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield "."


def _of_git(root: Path) -> list[str]:
    """What a commit, a checkout or another set of ignored files changes."""
    folder = os.fsdecode(git("rev-parse", "--absolute-git-dir", folder=root)).strip()
    return [f"{folder}/{name}" for name in ("HEAD", "index", "logs/HEAD", "info/exclude")]


def _mark(path: str) -> tuple[int, int] | None:
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size


def _size(path: Path) -> int:
    return path.lstat().st_size
