"""Remembers multipart uploads that were begun, so that another process can go on with them."""

import hashlib
from contextlib import suppress
from pathlib import Path

from terrarium.directories import cache_directory

__all__ = ["UnfinishedUpload"]


class UnfinishedUpload:
    """The id of the upload of one content, in parts of one size, to one key.

    The content's digest is part of the name: what a changed file left behind is never gone on with. Where the
    cache cannot be written to, nothing is remembered, and an interrupted upload begins again.
    """

    def __init__(self, *, bucket: str, key: str, digest: str, part_size: int) -> None:
        name = hashlib.sha256("\n".join((bucket, key, digest, str(part_size))).encode()).hexdigest()
        self._file: Path = cache_directory() / "uploads" / name

    def recall(self) -> str | None:
        """The upload's id, if one was begun."""
        try:
            return self._file.read_text() or None
        except OSError:
            return None

    def remember(self, upload_id: str) -> None:
        """Keep the id until `forget`."""
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(upload_id)

    def forget(self) -> None:
        """The upload is finished, or was given up."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
