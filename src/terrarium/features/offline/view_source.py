"""`ViewSource`: the Iceberg table of a view at one snapshot, read in batches of bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import FeatureDataError, FeatureNotFoundError
from terrarium.features.offline._parquet_files import cast_to_schema, match_columns, parquet_batches
from terrarium.features.offline.batch_size import estimate_row_bytes, merge_batches
from terrarium.features.offline.table import load_table
from terrarium.features.offline.table_catalog import TableCatalog
from terrarium.features.offline.time_range import TimeRange

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.schema import Schema
    from pyiceberg.table import FileScanTask, Table

__all__ = ["ViewSource", "current_source", "existing_source", "pinned_source"]

# Decoding, encoding of keys and filtering use at most this many times the size of a batch (measured).
_COPIES = 8
_FEWEST_ROWS, _MOST_ROWS = 10_000, 1_048_576  # larger batches are not faster
_ALWAYS = TimeRange()


@dataclass(frozen=True)
class ViewSource:
    """The rows of a view at one snapshot of its source.

    Args:
        view: The view, with its columns and types.
        table: The table of the source.
        snapshot_id: The snapshot; None for a table without snapshots, which is empty.
    """

    view: FeatureView
    table: "Table"
    snapshot_id: int | None

    def check(self) -> None:
        """Compare the columns and types of the table with those of the view.

        Raises:
            FeatureDataError: A column is missing, or has another type.
        """
        from pyiceberg.io.pyarrow import schema_to_pyarrow

        schema = schema_to_pyarrow(self.table.schema(), include_field_ids=False)
        existing = {field.name: field.type for field in schema}
        for name, dtype in self.view.dtypes.items():
            if name not in existing:
                raise self._unlike(f"has no column {name!r}")
            if not _promotes(existing[name], arrow_type(dtype)):
                raise self._unlike(f"has {name!r} as {existing[name]}, which is not {dtype}")

    def batches(
        self,
        columns: Sequence[str],
        times: TimeRange,
        *,
        memory_limit: int,
        without: frozenset[str] = frozenset(),
    ) -> "Iterator[pa.Table]":
        """Yield all rows whose event time lies within `times`, and possibly others, in no particular order.

        Files and row groups outside of `times` are not read. Columns that the snapshot does not have are null.

        Args:
            columns: Columns to read.
            times: The event times to read.
            memory_limit: Bytes that processing one batch may use.
            without: Paths of files to skip.
        """
        import pyarrow as pa

        if self.snapshot_id is None:
            return
        tasks = [task for task in self.tasks(times) if task.file.file_path not in without]
        schema = pa.schema([(name, arrow_type(self.view.dtypes[name])) for name in columns])
        width = estimate_row_bytes(schema, [task.file for task in tasks])
        rows = min(_MOST_ROWS, max(_FEWEST_ROWS, memory_limit // (_COPIES * width)))
        tables = (table for task in tasks for table in self._read(task, schema, times, rows))
        yield from merge_batches(tables, rows)

    def files(self) -> frozenset[str]:
        """Return the paths of all data files of the snapshot."""
        if self.snapshot_id is None:
            return frozenset()
        return frozenset(task.file.file_path for task in self.tasks())

    def names_then(self) -> dict[str, str]:
        """Return the view's columns that the snapshot has: current name -> name in the snapshot."""
        then = {
            field.field_id: field.name
            for field in self.table.scan(snapshot_id=self.snapshot_id).projection().fields
        }
        now = {field.name: field.field_id for field in self.table.schema().fields}
        return {name: then[now[name]] for name in self.view.dtypes if now[name] in then}

    def tasks(self, times: TimeRange = _ALWAYS) -> "Iterable[FileScanTask]":
        """Return the scan tasks of the files that may have rows within `times`."""
        from pyiceberg.expressions import AlwaysTrue

        # A snapshot is planned with the column names of its own schema.
        event_time = self.names_then().get(self.view.event_time)
        within = times.predicate(event_time) if event_time else AlwaysTrue()
        return self.table.scan(row_filter=within, snapshot_id=self.snapshot_id).plan_files()

    def _read(
        self, task: "FileScanTask", schema: "pa.Schema", times: TimeRange, rows: int
    ) -> "Iterator[pa.Table]":
        import pyarrow.parquet as pq
        from pyiceberg.schema import Schema

        projection = Schema(*(field for field in self.table.schema().fields if field.name in schema.names))
        if not task.delete_files:
            with self.table.io.new_input(task.file.file_path).open() as stream:
                file = pq.ParquetFile(stream)
                columns = match_columns(file, projection)
                if columns is not None:
                    yield from parquet_batches(file, columns, schema, self.view.event_time, times, rows)
                    return
        # Files with deleted rows or without field ids are read by PyIceberg.
        yield from _by_pyiceberg(self.table, projection, task, schema)

    def _unlike(self, what: str) -> FeatureDataError:
        return FeatureDataError(
            f"the table of dataset {self.view.source!r} {what}, unlike feature view {self.view.name!r}",
            remedy="correct the view and apply it again, or write to the view with `lab.features.write`, which adds "
            "new columns",
        )


def current_source(warehouse: TableCatalog, view: FeatureView) -> ViewSource:
    """Return the source of a view at its latest snapshot.

    Raises:
        FeatureNotFoundError: The dataset does not exist.
        FeatureDataError: The table lacks a column of the view, or has one of another type.
    """
    table = load_table(warehouse, view)
    current = table.current_snapshot()
    source = ViewSource(view, table, current.snapshot_id if current else None)
    source.check()
    return source


def existing_source(warehouse: TableCatalog, view: FeatureView) -> ViewSource | None:
    """Return the source of a view at its latest snapshot; None if its dataset does not exist."""
    try:
        return current_source(warehouse, view)
    except FeatureNotFoundError:
        return None


def pinned_source(warehouse: TableCatalog, view: FeatureView, snapshot_id: int | None) -> ViewSource:
    """Return the source of a view at a snapshot; None stands for a table without snapshots.

    Raises:
        FeatureNotFoundError: The dataset, or the snapshot, does not exist.
        FeatureDataError: The table lacks a column of the view, or has one of another type.
    """
    table = load_table(warehouse, view)
    if snapshot_id is not None and table.snapshot_by_id(snapshot_id) is None:
        raise FeatureNotFoundError(
            f"dataset {view.source!r} has no snapshot {snapshot_id}, to which feature view {view.name!r} was pinned",
            remedy="the snapshot has expired, or belongs to another environment: pin one of "
            f"lab.datasets.get({view.source!r}).versions()",
        )
    source = ViewSource(view, table, snapshot_id)
    source.check()
    return source


def _by_pyiceberg(
    table: "Table", projection: "Schema", task: "FileScanTask", schema: "pa.Schema"
) -> "Iterator[pa.Table]":
    import pyarrow as pa
    from pyiceberg.expressions import AlwaysTrue
    from pyiceberg.io.pyarrow import ArrowScan

    reader = ArrowScan(table.metadata, table.io, projection, AlwaysTrue())
    for batch in reader.to_record_batches([task]):
        yield cast_to_schema(pa.Table.from_batches([batch]), schema)


def _promotes(here: "pa.DataType", wanted: "pa.DataType") -> bool:
    import pyarrow as pa

    if pa.types.is_list(wanted):
        is_list = pa.types.is_list(here) or pa.types.is_large_list(here)
        return is_list and _promotes(here.value_type, wanted.value_type)
    if pa.types.is_string(wanted):
        return bool(pa.types.is_string(here) or pa.types.is_large_string(here))
    widened = {pa.int64(): pa.int32(), pa.float64(): pa.float32()}
    return here in (wanted, widened.get(wanted))
