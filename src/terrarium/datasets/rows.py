"""`Rows`: chosen rows of one snapshot, read on demand."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from terrarium.arguments import checked_methods
from terrarium.datasets.errors import SelectionError
from terrarium.datasets.row_filter import RowFilter
from terrarium.datasets.storage_errors import translate_file_errors

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.schema import Schema
    from pyiceberg.table import DataScan, FileScanTask, Table

__all__ = ["Membership", "Rows", "arrow_schema"]


class Membership:
    """A choice of rows that SQL cannot express.

    Args:
        columns: The columns that the mask needs.
        mask: Returns, for rows with these columns, which of them are chosen.
    """

    def __init__(self, columns: Sequence[str], mask: "Callable[[pa.Table], pa.Array[Any]]") -> None:
        self.columns = tuple(columns)
        self.mask = mask


@checked_methods
class Rows:
    """Rows of a pinned snapshot, read by `to_arrow()`, `to_pandas()`, `to_polars()`, or in batches.

    Libraries that accept Arrow streams (Polars, DuckDB, pandas, PyArrow) accept this object. Reading twice returns
    the same rows, whatever was written in between.

    Args:
        table: The Iceberg table.
        snapshot: Id of the snapshot; None for a table without snapshots, which has no rows.
        columns: Columns to read, in this order. Default: all.
        where: RowFilter, as SQL such as `age >= 18 and country = 'DE'`, or as an expression of PyIceberg.
        membership: A further choice among these rows.
    """

    def __init__(
        self,
        table: "Table",
        snapshot: int | None,
        *,
        columns: Sequence[str] | None = None,
        where: "str | BooleanExpression | None" = None,
        membership: Membership | None = None,
    ) -> None:
        self._table = table
        self._snapshot = snapshot
        self._where = where
        self._membership = membership
        known = arrow_schema(self._iceberg_schema)
        unknown = [column for column in columns or () if column not in known.names]
        if unknown:
            raise SelectionError(
                f"there is no column {', '.join(map(repr, unknown))}",
                remedy=f"columns: {', '.join(known.names)}",
            )
        self._columns = tuple(known.names if columns is None else columns)
        self._filter = RowFilter(where, self._iceberg_schema).expression
        self._known = known

    @property
    def schema(self) -> "pa.Schema":
        """Schema of the chosen columns."""
        import pyarrow as pa

        return pa.schema([self._known.field(column) for column in self._columns])

    def choose(self, columns: Sequence[str]) -> "Rows":
        """Return the same rows with other columns.

        Raises:
            SelectionError: A column does not exist.

        Example:
            >>> rows.choose(["age"]).to_pandas()
        """
        return Rows(
            self._table, self._snapshot, columns=columns, where=self._where, membership=self._membership
        )

    def to_batches(self) -> "Iterator[pa.RecordBatch]":
        """Yield record batches, for rows that do not fit into memory.

        Example:
            >>> for batch in rows.to_batches(): ...
        """
        for table in self.to_tables():
            yield from table.to_batches()

    def to_tables(self) -> "Iterator[pa.Table]":
        """Yield Arrow tables, for rows that do not fit into memory."""
        import pyarrow as pa

        if self._snapshot is None:
            return
        membership = self._membership
        needed = tuple(dict.fromkeys([*self._columns, *(membership.columns if membership else ())]))
        schema = pa.schema([self._known.field(column) for column in needed])
        with translate_file_errors("read rows"):
            for batch in self._scan(needed).to_arrow_batch_reader():
                table = pa.table(batch).select(list(needed)).cast(schema)
                if membership is not None:
                    table = table.filter(membership.mask(table))
                if table.num_rows:
                    yield table.select(list(self._columns))

    def to_arrow(self) -> "pa.Table":
        """Return all rows as an Arrow table.

        Example:
            >>> dataset.read(["age"]).to_arrow()
        """
        import pyarrow as pa

        if self._membership is None and self._snapshot is not None:
            # PyIceberg reads files concurrently when all rows are requested.
            with translate_file_errors("read rows"):
                return self._scan(self._columns).to_arrow().select(list(self._columns)).cast(self.schema)
        tables = list(self.to_tables())
        return pa.concat_tables(tables) if tables else self.schema.empty_table()

    def to_pandas(self, **options: Any) -> "pd.DataFrame":
        """Return all rows as a pandas frame; options are those of `pyarrow.Table.to_pandas`.

        Example:
            >>> dataset.read(["age"]).to_pandas()
        """
        return self.to_arrow().to_pandas(**options)

    def to_polars(self) -> "pl.DataFrame":
        """Return all rows as a Polars frame, without a copy of the Arrow data.

        Example:
            >>> dataset.read(["age"]).to_polars()
        """
        import polars as pl

        frame = pl.from_arrow(self.to_arrow())
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - for the type checker: a table becomes a frame
        return frame

    def to_reader(self) -> "pa.RecordBatchReader":
        """Return a record batch reader, which reads files on demand."""
        import pyarrow as pa

        return pa.RecordBatchReader.from_batches(self.schema, self.to_batches())

    def count(self) -> int:
        """Return the number of rows, from metadata if possible.

        Example:
            >>> dataset.read(where="age >= 18").count()
        """
        if self._snapshot is None:
            return 0
        if self._membership is None:
            return self._scan(()).count()
        return sum(table.num_rows for table in self.choose(self._membership.columns[:1]).to_tables())

    def of_files(self, tasks: "Iterable[FileScanTask]") -> "pa.Table":
        """Return all rows of some files, without the filter of this object."""
        from pyiceberg.expressions import AlwaysTrue
        from pyiceberg.io.pyarrow import ArrowScan

        scan = ArrowScan(self._table.metadata, self._table.io, self._iceberg_schema, AlwaysTrue())
        return scan.to_table(tasks).cast(self._known)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_reader().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        where = f" where {self._where}" if self._where is not None else ""
        return f"<Rows {', '.join(self._columns)} of snapshot {self._snapshot}{where}>"

    @property
    def _iceberg_schema(self) -> "Schema":
        snapshot = None if self._snapshot is None else self._table.snapshot_by_id(self._snapshot)
        schemas = self._table.schemas()
        if snapshot is not None and snapshot.schema_id in schemas:
            return schemas[snapshot.schema_id]
        return self._table.schema()

    def _scan(self, columns: Sequence[str]) -> "DataScan":
        return self._table.scan(
            row_filter=self._filter, selected_fields=tuple(columns) or ("*",), snapshot_id=self._snapshot
        )


def arrow_schema(schema: "Schema") -> "pa.Schema":
    """Return the Arrow schema of an Iceberg schema: plain types without field ids, so that equal data is equal."""
    import pyarrow as pa
    from pyiceberg.io.pyarrow import schema_to_pyarrow

    from terrarium.datasets.schema import storable_schema

    converted = schema_to_pyarrow(schema, include_field_ids=False)
    plain = storable_schema(converted, what="the dataset") if len(converted) else converted
    return pa.schema([pa.field(field.name, field.type, field.nullable) for field in plain])
