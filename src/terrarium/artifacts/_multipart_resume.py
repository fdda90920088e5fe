"""Ids of unfinished multipart uploads, kept so that another process can continue them."""

import hashlib
from contextlib import suppress
from pathlib import Path

from terrarium.directories import cache_directory

__all__ = ["UnfinishedUpload"]


class UnfinishedUpload:
    """The id of the upload of one content, in parts of one size, to one key.

    The digest of the content is a part of the name, so a changed file starts a new upload. If the cache folder is not
    writable, no id is kept, and an interrupted upload starts again.
    """

    def __init__(self, *, bucket: str, key: str, digest: str, part_size: int) -> None:
        name = hashlib.sha256("\n".join((bucket, key, digest, str(part_size))).encode()).hexdigest()
        self._file: Path = cache_directory() / "uploads" / name

    def recall(self) -> str | None:
        """Return the id of the upload; None if there is none."""
        try:
            return self._file.read_text() or None
        except OSError:
            return None

    def remember(self, upload_id: str) -> None:
        """Store the id until `forget` is called."""
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(upload_id)

    def forget(self) -> None:
        """Delete the id of a finished or abandoned upload."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
