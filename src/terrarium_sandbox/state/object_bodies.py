"""Bodies of S3 objects as files beside the saved state: each is written once, and uses no memory afterwards."""

import copyreg
import shutil
import threading
from pathlib import Path
from typing import Any

from moto.s3.models import FakeKey

from terrarium.io.atomic_write import atomic_write

__all__ = ["ObjectBodies", "StoredBody"]

# Smaller bodies are saved within the state: a file for each would cost more than writing them again.
_INLINE_BYTES = 64 * 1024


class StoredBody:
    """A body in a file that is open only during reads; replaces the buffer in moto's `FakeKey`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._position = 0
        self._closed = False

    def seek(self, position: int) -> int:
        """Set the position of the next read."""
        self._position = position
        return position

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; all remaining bytes if it is negative.

        Raises:
            ValueError: It is closed, as moto expects of the body of a deleted object.
        """
        if self._closed:
            raise ValueError("read of closed body")
        with self.file.open("rb") as file:
            file.seek(self._position)
            content = file.read(size)
        self._position += len(content)
        return content

    def close(self) -> None:
        """Close the body; the file is deleted when no saved object has it any more."""
        self._closed = True


class ObjectBodies:
    """A folder of bodies, named by their content.

    Args:
        folder: The folder, created with the first body.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reduce(self, key: FakeKey) -> Any:
        """Return how to pickle an object or an uploaded part, as `pickle.Pickler.reducer_override` returns it."""
        if key.disposed or key.size < _INLINE_BYTES:
            return NotImplemented
        attributes = vars(key).copy()
        del attributes["_value_buffer"], attributes["lock"]
        return copyreg.__newobj__, (FakeKey,), (attributes, self._keep(key)), None, None, _restore  # type: ignore[attr-defined] # not in typeshed

    def body(self, name: str) -> StoredBody:
        """Return the body of that name."""
        return StoredBody(self._folder / name)

    def retain(self, names: set[str]) -> None:
        """Delete the bodies that are not among `names`."""
        for file in self._folder.glob("*"):
            if file.name not in names:
                file.unlink()

    def _keep(self, key: FakeKey) -> StoredBody:
        # An ETag is the digest of the content, or of the digests of the parts of a multipart upload.
        file = self._folder / f"{key.etag.strip(chr(34))}-{key.size}"
        buffer = key._value_buffer
        if not file.exists():
            buffer.seek(0)
            with atomic_write(file) as target:
                shutil.copyfileobj(buffer, target)
        stored = StoredBody(file)
        if not isinstance(buffer, StoredBody):
            key._value_buffer = stored  # type: ignore[assignment] # has what moto uses of a file
            buffer.close()
        return stored


def _restore(key: FakeKey, state: tuple[dict[str, Any], StoredBody]) -> None:
    attributes, body = state
    vars(key).update(attributes, _value_buffer=body, lock=threading.Lock())
