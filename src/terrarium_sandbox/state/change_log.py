"""Log of the changes that are acknowledged and not yet in the saved state: an append-only file per saved state.

Durability: an entry is written to the operating system before its request is answered, so it survives any end of the
sandbox's process. It is not forced to the disk: a power cut may lose what the kernel had not written
(on Linux 30 seconds by default). The saved state and the bodies of large objects are forced to the disk.
"""

import os
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ChangeLog"]

_FRAME = struct.Struct("!QI")  # length and CRC-32 of an entry


class ChangeLog:
    """Numbered segments in a folder. Each saved state begins a segment, and makes the earlier ones obsolete.

    Args:
        folder: The folder of the segments, created with the first one.

    Attributes:
        segment: The number of the current segment.
        lock: The lock to hold while an entry is made and written.
        problem: The error of the last write; None if it succeeded.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None
        self._end = 0
        self.segment = 0
        self.lock = threading.RLock()
        self.problem: str | None = None

    def begin_segment(self) -> None:
        """Begin a new segment for the following entries."""
        with self.lock:
            for folder in (
                self._folder.parent,
                self._folder,
            ):  # `parents=True` would create the first folder with wider permissions
                folder.mkdir(exist_ok=True, mode=0o700)
            segment = max([self.segment, *self._numbers()]) + 1
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
            descriptor = os.open(self._file(segment), flags, 0o600)
            if self._descriptor is not None:
                os.close(self._descriptor)
            self._descriptor, self._end, self.segment = descriptor, 0, segment

    def append(self, entry: bytes) -> None:
        """Write an entry, completely or not at all.

        Raises:
            OSError: It could not be written, for example because the disk is full.
        """
        assert self._descriptor is not None  # noqa: S101 - a segment was begun
        frame = memoryview(_FRAME.pack(len(entry), zlib.crc32(entry)) + entry)
        with self.lock:
            try:
                written = 0
                while written < len(frame):
                    written += os.write(self._descriptor, frame[written:])
            except OSError as error:
                os.ftruncate(self._descriptor, self._end)
                self.problem = repr(error)
                raise
            self._end += len(frame)
            self.problem = None

    def entries(self, *, since: int) -> Iterator[bytes]:
        """Return the entries of the segments from number `since` on; an incomplete entry ends its segment."""
        for number in self._numbers():
            if number >= since:
                yield from _read(self._file(number))

    def remove_before(self, segment: int) -> None:
        """Remove the segments that a saved state made obsolete."""
        for number in self._numbers():
            if number < segment:
                self._file(number).unlink(missing_ok=True)

    def require_space(self, size: int) -> None:
        """Check that the disk can take a request of that size.

        Raises:
            OSError: It has too little space.
        """
        found = os.statvfs(self._folder)
        free = found.f_bavail * found.f_frsize
        if free < 2 * size + _RESERVE_BYTES:
            self.problem = f"{free} bytes are free at {self._folder}"
            raise OSError(self.problem)

    def _numbers(self) -> list[int]:
        return sorted(int(file.stem) for file in self._folder.glob("*.log") if file.stem.isdecimal())

    def _file(self, number: int) -> Path:
        return self._folder / f"{number}.log"


# Most entries are smaller. The largest are whole services, such as IAM with a deployed environment (0.1 MB).
_RESERVE_BYTES = 512 * 1024


def _read(file: Path) -> Iterator[bytes]:
    content = memoryview(file.read_bytes())
    at = 0
    while at + _FRAME.size <= len(content):
        length, checksum = _FRAME.unpack_from(content, at)
        at += _FRAME.size
        entry = bytes(content[at : at + length])
        if len(entry) < length or zlib.crc32(entry) != checksum:
            return  # the process ended during the write; the request was not acknowledged
        yield entry
        at += length
