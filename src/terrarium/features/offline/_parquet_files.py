"""Reading of planned Parquet files with Arrow directly: PyIceberg's own scan would copy every row once more."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from terrarium.features.offline.time_range import TimeRange

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyiceberg.schema import Schema

__all__ = ["cast_to_schema", "match_columns", "parquet_batches"]

_FIELD_ID = b"PARQUET:field_id"


def match_columns(file: "pq.ParquetFile", projection: "Schema") -> dict[str, str] | None:
    """Return the file's columns that are in `projection`: name in the file -> current name.

    Columns are matched by field id, because they may have been renamed, dropped or added since the file was
    written. Returns None for a file without ids, which was not written by Iceberg.
    """
    ids = {
        field.name: int(field.metadata[_FIELD_ID])
        for field in file.schema_arrow
        if field.metadata and _FIELD_ID in field.metadata
    }
    if not ids:
        return None
    names = {field.field_id: field.name for field in projection.fields}
    return {name: names[field_id] for name, field_id in ids.items() if field_id in names}


def parquet_batches(
    file: "pq.ParquetFile",
    columns: dict[str, str],
    schema: "pa.Schema",
    event_time: str,
    times: TimeRange,
    rows: int,
) -> "Iterator[pa.Table]":
    """Yield the rows of one file, without row groups that lie outside of `times`.

    Args:
        file: The file.
        columns: Name in the file -> name in `schema`.
        schema: Names and types to return.
        event_time: Name of the event time column in `schema`.
        times: The event times to read.
        rows: The most rows per batch.
    """
    import pyarrow as pa

    for group in _groups(file, columns, event_time, times):
        # One row group at a time: with several, Arrow would hold all compressed data until the last one is read.
        for batch in file.iter_batches(batch_size=rows, row_groups=[group], columns=list(columns)):
            table = pa.Table.from_batches([batch])
            yield cast_to_schema(table.rename_columns([columns[name] for name in table.column_names]), schema)


def cast_to_schema(table: "pa.Table", schema: "pa.Schema") -> "pa.Table":
    """Return the same rows with the columns and types of `schema`; missing columns are null."""
    import pyarrow as pa

    existing = set(table.column_names)
    return pa.Table.from_arrays(
        [
            table[field.name].cast(field.type)
            if field.name in existing
            else pa.nulls(table.num_rows, field.type)
            for field in schema
        ],
        schema=schema,
    )


def _groups(
    file: "pq.ParquetFile", columns: dict[str, str], event_time: str, times: TimeRange
) -> Iterator[int]:
    metadata = file.metadata
    leaves = [metadata.schema.column(index).path for index in range(len(metadata.schema))]
    position = next((index for index, path in enumerate(leaves) if columns.get(path) == event_time), None)
    for group in range(metadata.num_row_groups):
        statistics = None if position is None else metadata.row_group(group).column(position).statistics
        if statistics is None or not statistics.has_min_max or times.overlaps(statistics.min, statistics.max):
            yield group
