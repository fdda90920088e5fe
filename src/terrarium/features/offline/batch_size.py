"""Size of read batches: estimate of bytes per row, and merging of small batches."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.manifest import DataFile

__all__ = ["MEMORY_LIMIT", "estimate_row_bytes", "merge_batches"]

MEMORY_LIMIT = 1024**3
"""Bytes that reading a view may take at a time, unless the caller gives another limit."""

_REFERENCE = 16  # bytes per string or list, besides its content
# Assumed ratio of text in memory to compressed text in a file. Batches of text that compresses better are larger.
_COMPRESSION = 4


def merge_batches(tables: "Iterable[pa.Table]", rows: int) -> "Iterator[pa.Table]":
    """Yield the same rows in fewer batches: small batches are merged, up to `rows` rows."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    for table in tables:
        if waiting and sum(map(len, waiting)) + len(table) > rows:
            yield pa.concat_tables(waiting)
            waiting = []
        waiting.append(table)
    if waiting:
        yield pa.concat_tables(waiting)


def estimate_row_bytes(schema: "pa.Schema", files: "Sequence[DataFile]") -> int:
    """Return the estimated bytes per row in memory.

    Args:
        schema: Schema of the rows.
        files: The files that are read; their size gives the length of text.
    """
    fixed = sum(field.type.bit_width // 8 or 1 for field in schema if _is_fixed(field.type))
    varying = [field for field in schema if not _is_fixed(field.type)]
    if not varying:
        return max(1, fixed)
    rows = max(1, sum(file.record_count for file in files))
    size = sum(file.file_size_in_bytes for file in files)
    # Upper bound: assume that all content belongs to the columns of variable length.
    content = _COMPRESSION * size // rows
    return fixed + content + _REFERENCE * len(varying)


def _is_fixed(kind: "pa.DataType") -> bool:
    try:
        return bool(kind.bit_width)
    except ValueError:
        return False
