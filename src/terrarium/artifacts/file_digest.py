"""What a local file holds: its digest as a whole, and those of its parts, in one pass."""

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
    """The content of a file when it was read.

    Attributes:
        path: The file.
        size: Bytes.
        digest: `sha256:<hex>` of all of it.
        part_size: Bytes of every part but the last.
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
        """The bytes of part `index`, from 0."""
        with self.path.open("rb") as file:
            file.seek(index * self.part_size)
            return file.read(self.part_size)

    def check_unchanged(self) -> None:
        """Make sure that the file still is what was read.

        Raises:
            SourceChangedError: It was written to.
        """
        try:
            now = self.path.stat()
        except FileNotFoundError as error:
            raise _gone(self.path) from error
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified):
            raise SourceChangedError(
                f"{self.path} changed while it was uploaded",
                remedy="put it again when nothing writes to it any more",
            )


def read_content(path: Path, *, part_size: int) -> FileContent:
    """Digest `path`, holding no more than one mebibyte of it in memory.

    Raises:
        SourceChangedError: It is deleted or written to meanwhile.
        SourceInvalidError: It cannot be read.
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
        f"{path} was deleted while it was uploaded", remedy="put it again when nothing changes it any more"
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
    """A binary digest as S3 writes checksums."""
    return base64.b64encode(digest).decode()


def sha256_of_file(path: Path) -> "hashlib._Hash":
    """The hash of all of `path`, ready for more."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole
