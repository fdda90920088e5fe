"""Iceberg tables: PyIceberg plans the files to read, at any snapshot."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from terrarium_sandbox.athena.tables.table_source import Predicate, Scan
from terrarium_sandbox.athena.task import QueryFailure

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import FileScanTask, Table
    from pyiceberg.table.snapshots import Snapshot

__all__ = ["IcebergTable", "snapshot_as_of", "snapshot_of_version"]


class IcebergTable:
    """The rows of a table at one snapshot. The default is the current snapshot."""

    def __init__(self, table: "Table", snapshot: "Snapshot | None" = None) -> None:
        self._table = table
        self._snapshot = snapshot
        pinned = snapshot is not None and snapshot.schema_id is not None
        schema = table.schemas()[snapshot.schema_id] if pinned else table.schema()  # type: ignore[union-attr,index] # `pinned` implies a snapshot
        self._names = {field.name.lower(): field.name for field in schema.fields}
        self._iceberg_schema = schema

    @property
    def schema(self) -> "pa.Schema":
        """All columns, with lower-case names as in Athena."""
        import pyarrow as pa
        from pyiceberg.io.pyarrow import schema_to_pyarrow

        arrow = schema_to_pyarrow(self._iceberg_schema, include_field_ids=False)
        return pa.schema([field.with_name(field.name.lower()) for field in arrow])

    def scan(self, columns: Sequence[str], predicates: Sequence[Predicate]) -> Scan:
        """Plan to read only files that may contain matching rows, and only the columns."""
        scan = self._table.scan(
            row_filter=self._row_filter(predicates),
            selected_fields=tuple(self._names[name] for name in columns),
            snapshot_id=self._snapshot.snapshot_id if self._snapshot else None,
        )
        tasks = list(scan.plan_files())
        ids = {self._iceberg_schema.find_field(self._names[name]).field_id for name in columns}

        def read() -> "pa.RecordBatchReader":
            import pyarrow as pa

            reader = scan.to_arrow_batch_reader()
            lowered = pa.schema([field.with_name(field.name.lower()) for field in reader.schema])
            batches = (pa.RecordBatch.from_arrays(batch.columns, schema=lowered) for batch in reader)
            return pa.RecordBatchReader.from_batches(lowered, batches)

        return Scan(sum(_bytes_of(task, ids) for task in tasks), read)

    def _row_filter(self, predicates: Sequence[Predicate]) -> "BooleanExpression":
        from pyiceberg.expressions import AlwaysTrue, And

        row_filter: BooleanExpression = AlwaysTrue()
        for expression in filter(None, map(self._expression, predicates)):
            row_filter = And(row_filter, expression)
        return row_filter

    def _expression(self, predicate: Predicate) -> "BooleanExpression | None":
        """Return the predicate as an expression of PyIceberg; None if it does not support the types."""
        from pyiceberg import expressions as iceberg
        from pyiceberg.expressions.visitors import bind

        kinds: dict[str, Any] = {
            "=": iceberg.EqualTo,
            "<": iceberg.LessThan,
            "<=": iceberg.LessThanOrEqual,
            ">": iceberg.GreaterThan,
            ">=": iceberg.GreaterThanOrEqual,
            "in": iceberg.In,
        }
        name = self._names[predicate.column]
        literals = [value.isoformat() if isinstance(value, date) else value for value in predicate.values]
        values = literals if predicate.operator == "in" else literals[0]
        expression: BooleanExpression = kinds[predicate.operator](name, values)
        try:
            bind(self._iceberg_schema, expression, case_sensitive=True)
        except (TypeError, ValueError):
            return None
        return expression


def snapshot_as_of(table: "Table", moment: datetime) -> "Snapshot":
    """Return the snapshot that was current at `moment`.

    Raises:
        QueryFailure: The table had no snapshot then.
    """
    utc = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    milliseconds = int(utc.timestamp() * 1000)
    snapshot = table.snapshot_as_of_timestamp(milliseconds)
    if snapshot is None:
        raise QueryFailure(
            "INVALID_ARGUMENTS", f"No version history table {table.name()[-1]} at or before {utc.isoformat()}"
        )
    return snapshot


def snapshot_of_version(table: "Table", version: int | str) -> "Snapshot":
    """Return the snapshot with an id, a tag or a branch.

    Raises:
        QueryFailure: The snapshot does not exist.
    """
    found = (
        table.snapshot_by_id(version) if isinstance(version, int) else table.snapshot_by_name(str(version))
    )
    if found is None:
        what = "snapshot ID" if isinstance(version, int) else "snapshot with reference name"
        raise QueryFailure("INVALID_ARGUMENTS", f"Iceberg {what} does not exists: {version}")
    return found


def _bytes_of(task: "FileScanTask", ids: set[int]) -> int:
    return _columns_of(task.file, ids) + sum(file.file_size_in_bytes for file in task.delete_files)


def _columns_of(file: "DataFile", ids: set[int]) -> int:
    """Return the bytes of the columns in a file; of the whole file if a column is nested: only leaves have sizes."""
    sizes = file.column_sizes or {}
    if not ids <= sizes.keys():
        return file.file_size_in_bytes
    return sum(sizes[field_id] for field_id in ids)
