"""Hashes of rows by their values alone, independent of order, layout, library and machine.

They decide which part of a split a row belongs to, and are recorded in digests. They must never change: another hash
would silently move rows between training and test data.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["column_hashes", "combined_hashes", "row_hashes", "seeded"]

_WORD = (1 << 64) - 1
_NULL = 0x9E3779B97F4A7C15
# Values of different kinds have different hashes even if their bits are equal: 1, 1.0, True and "1".
_BOOLEAN, _INTEGER, _FLOATING, _MOMENT, _BYTES = range(1, 6)


def row_hashes(
    columns: "Sequence[pa.Array[Any] | pa.ChunkedArray[Any]]", *, seed: int
) -> "np.ndarray[Any, Any]":
    """Return one unsigned 64-bit hash per row from columns of equal length, in their order."""
    return combined_hashes([column_hashes(column) for column in columns], seed=seed)


def combined_hashes(columns: "Sequence[np.ndarray[Any, Any]]", *, seed: int) -> "np.ndarray[Any, Any]":
    """Return the hashes of rows from the hashes of their columns, in their order."""
    import numpy as np

    rows = np.full(len(columns[0]), _mixed_number(seed & _WORD), dtype=np.uint64)
    for column in columns:
        rows = _mixed(rows ^ column)
    return rows


def seeded(value: int) -> int:
    """Return a hash of one number, for example to derive several seeds from one."""
    return _mixed_number(value & _WORD)


def column_hashes(column: "pa.Array[Any] | pa.ChunkedArray[Any]") -> "np.ndarray[Any, Any]":
    """Return one unsigned 64-bit hash per value.

    Integers of every width have equal hashes, and so have floats. Times are hashed by microseconds since 1970 in UTC.
    """
    import numpy as np
    import pyarrow as pa

    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # there is no chunk
        array = pa.array([], array.type)
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if len(array) == 0:
        return np.empty(0, dtype=np.uint64)
    domain, words = _words(array)
    hashes = _mixed(words ^ np.uint64(_mixed_number(domain)))
    if array.null_count:
        hashes[array.is_null().to_numpy(zero_copy_only=False)] = _NULL
    return hashes


def _words(array: "pa.Array[Any]") -> "tuple[int, np.ndarray[Any, Any]]":
    """Return the kind of values, and 64 bits per value; the bits of nulls are arbitrary."""
    import numpy as np
    import pyarrow as pa

    types, kind = pa.types, array.type
    if types.is_boolean(kind):
        return _BOOLEAN, _integers(array.cast(pa.int8()))
    if types.is_integer(kind):
        return _INTEGER, _integers(array)
    if types.is_floating(kind):
        floats = array.cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False) + 0.0  # -0.0 is 0.0
        floats[np.isnan(floats)] = np.nan  # there are many; this is one
        return _FLOATING, floats.view(np.uint64)
    if types.is_timestamp(kind):
        return _MOMENT, _integers(array.cast(pa.timestamp("us", kind.tz)).cast(pa.int64()))
    if types.is_date(kind):
        return _MOMENT, _integers(array.cast(pa.timestamp("us")).cast(pa.int64()))
    if types.is_time(kind):
        return _MOMENT, _integers(array.cast(pa.time64("us")).cast(pa.int64()))
    return _BYTES, _texts(array)


def _integers(array: "pa.Array[Any]") -> "np.ndarray[Any, Any]":
    import numpy as np
    import pyarrow as pa

    wide = pa.uint64() if pa.types.is_uint64(array.type) else pa.int64()
    words: np.ndarray[Any, Any] = array.cast(wide).fill_null(0).to_numpy(zero_copy_only=False)
    return words.astype(np.uint64)


def _texts(array: "pa.Array[Any]") -> "np.ndarray[Any, Any]":
    """Return 64 bits per value of text, bytes, or any other type by its text; each distinct value is hashed once."""
    import numpy as np
    import pyarrow as pa

    types = pa.types
    if types.is_nested(array.type):
        array = pa.array([json.dumps(value, default=str, sort_keys=True) for value in array.to_pylist()])
    elif types.is_decimal(array.type):
        array = array.cast(pa.string())
    encoded = array.dictionary_encode()
    hashed = b"".join(_digest(value) for value in encoded.dictionary.to_pylist())
    known: np.ndarray[Any, Any] = np.frombuffer(hashed or bytes(8), dtype="<u8").astype(np.uint64)
    places: np.ndarray[Any, Any] = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
    taken: np.ndarray[Any, Any] = known[places]
    return taken


def _digest(value: object) -> bytes:
    content = value if isinstance(value, bytes) else str(value).encode()
    return hashlib.blake2b(content, digest_size=8).digest()


def _mixed(words: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Apply SplitMix64's step and finalizer (Steele, Lea and Flood, 2014): each bit changes half of the output."""
    import numpy as np

    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray[Any, Any] = words ^ (words >> np.uint64(31))
    return mixed


def _mixed_number(word: int) -> int:
    word = (word + 0x9E3779B97F4A7C15) & _WORD
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _WORD
    return word ^ (word >> 31)
