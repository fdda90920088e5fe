"""Division of a stream of record batches into tables that fit into memory."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["chunks"]

_LARGEST = 128 * 1024**2  # bytes in memory; as Parquet about a sixth of that


def chunks(
    batches: "Iterable[pa.RecordBatch]", schema: "pa.Schema", *, largest: int = _LARGEST
) -> "Iterator[pa.Table]":
    """Yield tables of about `largest` bytes, in order; each becomes a file, or a file per partition."""
    import pyarrow as pa

    gathered: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        for piece in _pieces(batch, largest):
            gathered.append(piece)
            size += piece.nbytes
            if size >= largest:
                yield pa.Table.from_batches(gathered, schema=schema)
                gathered, size = [], 0
    if gathered:
        yield pa.Table.from_batches(gathered, schema=schema)


def _pieces(batch: "pa.RecordBatch", largest: int) -> "Iterator[pa.RecordBatch]":
    rows = max(1, batch.num_rows * largest // max(batch.nbytes, 1))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)
