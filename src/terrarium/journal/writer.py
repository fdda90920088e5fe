"""The writing end of a journal: one per process and run."""

import os
import threading
from pathlib import Path
from typing import Final, NamedTuple

from terrarium.directories import make_private
from terrarium.io.folder_lock import FolderLock
from terrarium.journal.errors import JournalUnwritableError

__all__ = ["SEGMENT_BYTES", "JournalWriter", "Position", "segment_path"]

SEGMENT_BYTES: Final = 2 * 1024 * 1024  # some 40,000 points


class Position(NamedTuple):
    """A place in a journal: number of the segment, and bytes from its beginning."""

    segment: int
    offset: int


def segment_path(folder: Path, number: int) -> Path:
    """Return the file of a segment."""
    return folder / f"{number:08}.points"


class JournalWriter:
    """Appends to files of `SEGMENT_BYTES`, so that delivered segments can be deleted one by one.

    What `append` returned from is in the operating system's hands: it survives the process, not a power cut.
    Safe to share between threads, not between processes.

    Raises:
        JournalUnwritableError: The folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = os.getpid()
        self.end = Position(0, 0)
        self._broken: JournalUnwritableError | None = None
        self._mutex = threading.Lock()
        # Created and locked under another name, so that no process finds it unlocked and takes it for an abandoned one.
        unborn = folder.with_name(f".{folder.name}")
        try:
            # Arguments of commands and errors stand in there: it is for its user alone.
            make_private(folder.parent.parent)
            make_private(folder.parent)
            make_private(unborn)
            lock = FolderLock.take(unborn)
            self._file = _create(unborn, 0)
            unborn.rename(folder)
        except OSError as error:
            raise _unwritable(folder, error) from error
        assert lock is not None  # noqa: S101 - for the type checker: nobody else knows the folder yet
        self.lock = lock

    def append(self, lines: bytes) -> None:
        """Write whole lines, or nothing.

        Raises:
            JournalUnwritableError: The disk takes them not, or only in part.
        """
        with self._mutex:
            if self._broken:
                raise self._broken
            try:
                if self.end.offset >= SEGMENT_BYTES:
                    self._begin_segment()
                written = os.write(self._file, lines)
                if written < len(lines):
                    raise OSError(f"{written} of {len(lines)} bytes were written")
            except OSError as error:
                unwritable = _unwritable(self.folder, error)
                self._take_back(unwritable)
                raise unwritable from error
            self.end = Position(self.end.segment, self.end.offset + len(lines))

    def close(self) -> None:
        """Write no more; the folder stays locked until `lock` is released."""
        with self._mutex:
            os.close(self._file)

    def _begin_segment(self) -> None:
        following = _create(self.folder, self.end.segment + 1)
        os.close(self._file)
        self._file = following
        self.end = Position(self.end.segment + 1, 0)

    def _take_back(self, unwritable: JournalUnwritableError) -> None:
        """Cut off the part of a line that a full disk let through, or else write no more behind it."""
        try:
            os.ftruncate(self._file, self.end.offset)
        except OSError:
            self._broken = unwritable


def _create(folder: Path, number: int) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
    return os.open(segment_path(folder, number), flags, 0o600)


def _unwritable(folder: Path, error: OSError) -> JournalUnwritableError:
    return JournalUnwritableError(
        f"the journal {folder} takes nothing more: {error}",
        remedy="free space there, or set TERRARIUM_JOURNAL to a folder on another disk",
    )
