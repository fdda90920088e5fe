"""How many rows at a time."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.manifest import DataFile

__all__ = ["MEMORY_LIMIT", "estimate_row_bytes", "merge_batches"]

MEMORY_LIMIT = 1024**3
"""Bytes that reading a view may take at a time, unless the caller gives another limit."""

_REFERENCE = 16  # bytes: of a string or list, beside its content
# How much larger text is in memory than compressed in a file; of what compresses better, batches are larger.
_COMPRESSION = 4


def merge_batches(tables: "Iterable[pa.Table]", rows: int) -> "Iterator[pa.Table]":
    """The same rows in fewer batches: small files are joined together, up to `rows`."""
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
    """How many bytes a row takes in memory, more or less.

    Args:
        schema: What is read.
        files: What it is read from; tells how long text is.
    """
    fixed = sum(field.type.bit_width // 8 or 1 for field in schema if _is_fixed(field.type))
    varying = [field for field in schema if not _is_fixed(field.type)]
    if not varying:
        return max(1, fixed)
    rows = max(1, sum(file.record_count for file in files))
    size = sum(file.file_size_in_bytes for file in files)
    # No column is larger than all of them together.
    content = _COMPRESSION * size // rows
    return fixed + content + _REFERENCE * len(varying)


def _is_fixed(kind: "pa.DataType") -> bool:
    try:
        return bool(kind.bit_width)
    except ValueError:
        return False
