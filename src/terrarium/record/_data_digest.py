"""Digests of data in memory. The same rows in the same order have the same digest."""

import hashlib
from collections.abc import Sized
from typing import Any

from terrarium.imported_module import imported_module
from terrarium.io.digest import digest_of_hash
from terrarium.plain_text import shown
from terrarium.record.errors import ContentUnknownError

__all__ = ["content_digest", "row_count"]


def content_digest(data: object) -> str:
    """Return the digest `sha256:...` of an array, frame or series, or of a tuple or list of these.

    Raises:
        ContentUnknownError: The data has another type.
    """
    digest = hashlib.sha256()
    for piece in _pieces(data):
        _update(digest, piece)
    return digest_of_hash(digest)


def row_count(data: object) -> int:
    """Return the number of rows of an array, frame or series, or of the first one in a tuple or list.

    Raises:
        ContentUnknownError: The data has no rows.
    """
    pieces = _pieces(data)
    if not pieces or not isinstance(pieces[0], Sized):
        raise ContentUnknownError(
            f"{shown(data)}, a {type(data).__name__}, has no rows",
            remedy="give NumPy arrays or pandas frames",
        )
    return len(pieces[0])


def _pieces(data: object) -> list[Any]:
    return list(data) if isinstance(data, (tuple, list)) else [data]


def _update(digest: "hashlib._Hash", piece: Any) -> None:
    pandas, numpy = imported_module("pandas"), imported_module("numpy")
    if pandas and isinstance(piece, (pandas.DataFrame, pandas.Series)):
        # Without the index: row numbers depend on how the data was read.
        frame = piece.to_frame() if isinstance(piece, pandas.Series) else piece
        digest.update(repr([(str(name), str(kind)) for name, kind in frame.dtypes.items()]).encode())
        digest.update(pandas.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    elif numpy and isinstance(piece, numpy.ndarray) and not piece.dtype.hasobject:
        digest.update(repr((piece.dtype.str, piece.shape)).encode())
        digest.update(numpy.ascontiguousarray(piece).tobytes())
    else:
        raise ContentUnknownError(
            f"a {type(piece).__module__}.{type(piece).__qualname__} cannot be digested",
            remedy="give NumPy arrays or pandas frames, or state the part yourself: "
            "terrarium.Part(name=..., dataset=..., digest=...)",
        )
