"""Readers of a journal: of an active writer, and of segments of processes that ended."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from terrarium.journal.line import is_whole
from terrarium.journal.writer import JournalWriter, Position, segment_path

__all__ = ["Abandoned", "Follower", "abandoned_segments"]


class Follower:
    """Reads the lines of a writer in this process, and deletes delivered segments."""

    def __init__(self, writer: JournalWriter) -> None:
        self._writer = writer
        self._position = Position(0, 0)
        self._read = 0

    def read(self) -> bytes:
        """Return new whole lines, of at most one segment; empty if there are none."""
        end, (segment, offset) = self._writer.end, self._position
        if segment == end.segment and offset == end.offset:
            return b""
        with segment_path(self._writer.folder, segment).open("rb") as file:
            file.seek(offset)
            lines = file.read() if segment < end.segment else file.read(end.offset - offset)
        self._read = len(lines)
        return lines or self._next_segment()

    def done(self) -> None:
        """Confirm that the database has the lines of the last `read`."""
        self._position = Position(self._position.segment, self._position.offset + self._read)

    def _next_segment(self) -> bytes:
        segment_path(self._writer.folder, self._position.segment).unlink()
        self._position = Position(self._position.segment + 1, 0)
        return self.read()


class Abandoned(NamedTuple):
    """A segment of a process that ended: its whole lines and the number of damaged ones."""

    path: Path
    lines: bytes
    points: int
    torn: int


def abandoned_segments(folder: Path) -> Iterator[Abandoned]:
    """Yield the segments in the folder of a process that ended, oldest first. Each line is checked."""
    for path in sorted(folder.glob("*.points")):
        lines = path.read_bytes().splitlines(keepends=True)
        whole = [line for line in lines if is_whole(line)]
        yield Abandoned(path, b"".join(whole), points=len(whole), torn=len(lines) - len(whole))
