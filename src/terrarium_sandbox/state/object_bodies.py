"""Bodies of S3 objects, as files beside the saved state: each is written once, and needs no memory then."""

import copyreg
import shutil
import threading
from pathlib import Path
from typing import Any

from moto.s3.models import FakeKey

from terrarium.io.atomic_write import atomic_write

__all__ = ["ObjectBodies", "StoredBody"]

# Smaller ones are saved within the state: a file each would cost more than writing them again.
_INLINE_BYTES = 64 * 1024


class StoredBody:
    """A body in a file that is open only while it is read; does for the buffer in moto's `FakeKey`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._position = 0
        self._closed = False

    def seek(self, position: int) -> int:
        """Read from `position` next."""
        self._position = position
        return position

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; all that is left if negative.

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
        """Take no more reads; the file goes when no saved object has that body any more."""
        self._closed = True


class ObjectBodies:
    """A folder of bodies, named by what is in them.

    Args:
        folder: Where they are; made when there is one to keep.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reduce(self, key: FakeKey) -> Any:
        """How to pickle an object, or an uploaded part: as `pickle.Pickler.reducer_override` wants it."""
        if key.disposed or key.size < _INLINE_BYTES:
            return NotImplemented
        attributes = vars(key).copy()
        del attributes["_value_buffer"], attributes["lock"]
        return copyreg.__newobj__, (FakeKey,), (attributes, self._keep(key)), None, None, _restore  # type: ignore[attr-defined] # typeshed lacks what the pickle protocol names

    def body(self, name: str) -> StoredBody:
        """The body of that name."""
        return StoredBody(self._folder / name)

    def retain(self, names: set[str]) -> None:
        """Remove every body that is not among `names`."""
        for file in self._folder.glob("*"):
            if file.name not in names:
                file.unlink()

    def _keep(self, key: FakeKey) -> StoredBody:
        # An ETag is the digest of the content, or, of a multipart upload, of its parts' digests.
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
