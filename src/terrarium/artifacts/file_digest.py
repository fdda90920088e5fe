"""Digests of a local file and of its parts, computed in one pass."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from terrarium.artifacts.errors import SourceChangedError, SourceInvalidError
from terrarium.io.digest import digest_of_hash

__all__ = ["FileContent", "base64_of", "read_content", "sha256_of_file"]

_CHUNK = 2**20


@dataclass(frozen=True, kw_only=True)
class FileContent:
    """The digests of a file at the time of reading.

    Attributes:
        path: The file.
        size: Size in bytes.
        digest: `sha256:<hex>` of the whole file.
        part_size: Bytes of each part except the last.
        parts: The binary SHA-256 of each part; an empty file has one, empty part.
        modified: Nanoseconds since the epoch, by the file system.
    """

    path: Path
    size: int
    digest: str
    part_size: int
    parts: tuple[bytes, ...]
    modified: int

    def read_part(self, index: int) -> bytes:
        """Return the bytes of part `index`, from 0."""
        with self.path.open("rb") as file:
            file.seek(index * self.part_size)
            return file.read(self.part_size)

    def check_unchanged(self) -> None:
        """Check that the file has not changed since.

        Raises:
            SourceChangedError: The file has changed.
        """
        try:
            now = self.path.stat()
        except FileNotFoundError as error:
            raise _gone(self.path) from error
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified):
            raise SourceChangedError(
                f"{self.path} changed while it was uploaded",
                remedy="put it again when no program writes to it",
            )


def read_content(path: Path, *, part_size: int) -> FileContent:
    """Compute the digests of `path`, with at most one mebibyte in memory.

    Raises:
        SourceChangedError: The file changes or disappears during the reading.
        SourceInvalidError: The file cannot be read.
    """
    try:
        return _read(path, part_size)
    except FileNotFoundError as error:
        raise _gone(path) from error
    except OSError as error:
        raise SourceInvalidError(
            f"{path} cannot be read: {error.strerror}",
            remedy="check its permissions and the disk that it is on",
        ) from error


def _gone(path: Path) -> SourceChangedError:
    return SourceChangedError(
        f"{path} was deleted while it was uploaded", remedy="put it again when no program changes it"
    )


def _read(path: Path, part_size: int) -> FileContent:
    before = path.stat()
    whole = hashlib.sha256()
    parts: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while True:
            part = hashlib.sha256()
            missing = part_size
            while missing and (chunk := file.read(min(_CHUNK, missing))):
                part.update(chunk)
                whole.update(chunk)
                missing -= len(chunk)
            if missing == part_size and parts:
                break
            parts.append(part.digest())
            size += part_size - missing
            if missing:
                break
    content = FileContent(
        path=path,
        size=size,
        digest=digest_of_hash(whole),
        part_size=part_size,
        parts=tuple(parts),
        modified=before.st_mtime_ns,
    )
    content.check_unchanged()
    return content


def base64_of(digest: bytes) -> str:
    """Return a binary digest in the form of S3's checksums."""
    return base64.b64encode(digest).decode()


def sha256_of_file(path: Path) -> "hashlib._Hash":
    """Return the SHA-256 hash object of the content of `path`."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole
