"""Metadata tables of Iceberg tables, such as `"t$snapshots"`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from terrarium_sandbox.athena.tables.table_source import Predicate, Scan
from terrarium_sandbox.athena.task import QueryFailure

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table

__all__ = ["ArrowRows", "metadata_table"]

# https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-table-metadata.html
_COLUMNS = {
    "files": (
        "content", "file_path", "file_format", "record_count", "file_size_in_bytes", "column_sizes", "value_counts",
        "null_value_counts", "nan_value_counts", "key_metadata", "split_offsets", "equality_ids",
    ),
    "history": ("made_current_at", "snapshot_id", "parent_id", "is_current_ancestor"),
    "manifests": (
        "path", "length", "partition_spec_id", "added_snapshot_id", "added_data_files_count",
        "existing_data_files_count", "deleted_data_files_count",
    ),
    "partitions": ("partition", "record_count", "file_count", "total_data_file_size_in_bytes"),
    "refs": (
        "name", "type", "snapshot_id", "max_reference_age_in_ms", "min_snapshots_to_keep", "max_snapshot_age_in_ms",
    ),
    "snapshots": ("committed_at", "snapshot_id", "parent_id", "operation", "manifest_list", "summary"),
}  # fmt: skip
_MOMENTS = frozenset({"made_current_at", "committed_at"})


class ArrowRows:
    """Rows in memory."""

    def __init__(self, rows: "pa.Table") -> None:
        self._rows = rows

    @property
    def schema(self) -> "pa.Schema":
        """All columns."""
        return self._rows.schema

    def scan(self, columns: Sequence[str], predicates: Sequence[Predicate]) -> Scan:  # noqa: ARG002 - the protocol
        """Return the rows. No file is scanned."""
        return Scan(0, lambda: self._rows.select(list(columns)).to_reader())


def metadata_table(table: "Table", kind: str) -> ArrowRows:
    """Return the rows of `"table$kind"`.

    Raises:
        QueryFailure: Athena or the sandbox does not have the table.
    """
    import pyarrow as pa

    if kind not in _COLUMNS:
        raise QueryFailure(
            "NOT_SUPPORTED", f"the sandbox has no metadata table ${kind}; it has {sorted(_COLUMNS)}"
        )
    found = getattr(table.inspect, kind)()
    rows = {name: found[name] for name in _COLUMNS[kind] if name in found.column_names}
    moments = {name: rows[name].cast(pa.timestamp("us")) for name in rows if name in _MOMENTS}
    in_utc = {
        name: column.cast(pa.int64()).cast(pa.timestamp("us", tz="UTC")) for name, column in moments.items()
    }
    return ArrowRows(pa.table({**rows, **in_utc}))
