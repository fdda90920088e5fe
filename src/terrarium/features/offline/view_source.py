"""`ViewSource`: the Iceberg table of a view, at one snapshot, read in batches of bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import FeatureDataError, FeatureNotFoundError
from terrarium.features.offline.batch_size import estimate_row_bytes, merge_batches
from terrarium.features.offline.parquet_files import cast_to_schema, match_columns, parquet_batches
from terrarium.features.offline.table import load_table
from terrarium.features.offline.table_catalog import TableCatalog
from terrarium.features.offline.time_range import TimeRange

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.schema import Schema
    from pyiceberg.table import FileScanTask, Table

__all__ = ["ViewSource", "current_source", "existing_source", "pinned_source"]

# What is made of a batch, decoded, by key and filtered: at most so many times its size, measured.
_COPIES = 8
_FEWEST_ROWS, _MOST_ROWS = 10_000, 1_048_576  # more at a time are no faster
_ALWAYS = TimeRange()


@dataclass(frozen=True)
class ViewSource:
    """The rows of a view at one snapshot.

    Args:
        view: Which columns there are, and of what type.
        table: The view's table.
        snapshot_id: Which of its snapshots; None for a table without any, which is empty.
    """

    view: FeatureView
    table: "Table"
    snapshot_id: int | None

    def check(self) -> None:
        """Compare the table with what the view says of it.

        Raises:
            FeatureDataError: A column is missing, or of another type.
        """
        from pyiceberg.io.pyarrow import schema_to_pyarrow

        schema = schema_to_pyarrow(self.table.schema(), include_field_ids=False)
        there = {field.name: field.type for field in schema}
        for name, dtype in self.view.dtypes.items():
            if name not in there:
                raise self._unlike(f"has no column {name!r}")
            if not _promotes(there[name], arrow_type(dtype)):
                raise self._unlike(f"has {name!r} as {there[name]}, which is no {dtype}")

    def batches(
        self,
        columns: Sequence[str],
        times: TimeRange,
        *,
        memory_limit: int,
        without: frozenset[str] = frozenset(),
    ) -> "Iterator[pa.Table]":
        """The rows whose event time may lie within `times`, and some more, in no particular order.

        Files and row groups that lie outside are not read. Columns that the snapshot does not have yet are null.

        Args:
            columns: Which to read.
            times: Event times that matter.
            memory_limit: What a batch may cost whoever joins it, in bytes.
            without: Paths of files to leave out.
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
        """The paths of all data files of the snapshot."""
        if self.snapshot_id is None:
            return frozenset()
        return frozenset(task.file.file_path for task in self.tasks())

    def names_then(self) -> dict[str, str]:
        """The view's columns that the snapshot has -> their names in it."""
        then = {
            field.field_id: field.name
            for field in self.table.scan(snapshot_id=self.snapshot_id).projection().fields
        }
        now = {field.name: field.field_id for field in self.table.schema().fields}
        return {name: then[now[name]] for name in self.view.dtypes if now[name] in then}

    def tasks(self, times: TimeRange = _ALWAYS) -> "Iterable[FileScanTask]":
        """The files that may have rows within `times`."""
        from pyiceberg.expressions import AlwaysTrue

        # A snapshot is planned by the names that columns had then.
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
        # Rows that are gone although their file is not, or columns without ids: PyIceberg knows how to.
        yield from _by_pyiceberg(self.table, projection, task, schema)

    def _unlike(self, what: str) -> FeatureDataError:
        return FeatureDataError(
            f"the table of dataset {self.view.source!r} {what}, unlike feature view {self.view.name!r}",
            remedy="correct the view and apply it again, or write to the view by `lab.features.write`, which adds "
            "new columns",
        )


def current_source(warehouse: TableCatalog, view: FeatureView) -> ViewSource:
    """The source of a view at its latest snapshot.

    Raises:
        FeatureNotFoundError: There is no such dataset.
        FeatureDataError: It is not what the view says.
    """
    table = load_table(warehouse, view)
    current = table.current_snapshot()
    source = ViewSource(view, table, current.snapshot_id if current else None)
    source.check()
    return source


def existing_source(warehouse: TableCatalog, view: FeatureView) -> ViewSource | None:
    """The same; None where there is no such dataset yet."""
    try:
        return current_source(warehouse, view)
    except FeatureNotFoundError:
        return None


def pinned_source(warehouse: TableCatalog, view: FeatureView, snapshot_id: int | None) -> ViewSource:
    """The source of a view at a snapshot; None stands for a table without any.

    Raises:
        FeatureNotFoundError: There is no such dataset, or no such snapshot of it.
        FeatureDataError: It is not what the view says.
    """
    table = load_table(warehouse, view)
    if snapshot_id is not None and table.snapshot_by_id(snapshot_id) is None:
        raise FeatureNotFoundError(
            f"dataset {view.source!r} has no snapshot {snapshot_id}, to which feature view {view.name!r} was pinned",
            remedy="it has expired, or is another environment's",
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
