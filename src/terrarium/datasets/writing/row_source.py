"""Data of any kind as a stream of record batches, with types that a dataset can store."""

from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terrarium.arrow_conversion import converted
from terrarium.datasets.errors import DataRefusedError
from terrarium.datasets.schema import storable_schema
from terrarium.datasets.writing._csv_file import open_csv
from terrarium.tabular.arrow_table import table_of_rows
from terrarium.tabular.pandas_frame import is_pandas, table_of_pandas
from terrarium.tabular.polars_frame import batches_of_polars, is_polars

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RowSource"]

_KINDS = (
    "pass an Arrow table or record batch reader, a pandas or Polars frame, a list of mappings, "
    "an object with __arrow_c_stream__, or the path of a .parquet or .csv file"
)


class RowSource:
    """Data to be written; it can be read once.

    Args:
        what: Name of the data in errors.
        schema: Schema of the data, before it is converted to storable types.
        batches: Opens the data.
        known: Schema of the dataset that it is written to, if the dataset exists.
    """

    def __init__(
        self,
        what: str,
        schema: "pa.Schema",
        batches: "Callable[[], Iterator[pa.RecordBatch]]",
        *,
        known: "pa.Schema | None" = None,
    ) -> None:
        self.what = what
        self.schema = storable_schema(schema, what=what, known=known)
        self._batches = batches

    @classmethod
    def of(cls, data: Any, *, known: "pa.Schema | None" = None) -> "RowSource":
        """Return the source for an object that holds rows.

        Args:
            data: An Arrow table, record batch or record batch reader, a pandas or Polars frame (lazy ones, too), the
                path of a Parquet or CSV file or of a folder of Parquet files, a list of mappings of column to value,
                an Arrow schema (no rows), or an object with `__arrow_c_stream__`.
            known: Schema of the dataset that it is written to, if the dataset exists.

        Raises:
            DataRefusedError: The data is of another kind, cannot be read, or has columns that a dataset cannot store.
        """
        import pyarrow as pa

        if isinstance(data, str | PathLike):
            return cls._of_path(Path(data).expanduser(), known)
        if isinstance(data, pa.Schema):
            return cls("the schema", data, lambda: iter(()), known=known)
        if isinstance(data, pa.RecordBatch):
            data = pa.table(data)
        if isinstance(data, pa.Table):
            return cls._of_table(data, "the table", known)
        if isinstance(data, list):
            return cls._of_table(table_of_rows(data, error=DataRefusedError), "the list of rows", known)
        if is_pandas(data):
            # Not by its Arrow stream, which names the row numbers `__index_level_0__`.
            return cls._of_table(table_of_pandas(data, error=DataRefusedError), "the pandas frame", known)
        if is_polars(data):
            reader = batches_of_polars(data, error=DataRefusedError)
            return cls(f"the {type(data).__qualname__}", reader.schema, lambda: iter(reader), known=known)
        if hasattr(data, "__arrow_c_stream__"):
            reader = _opened(data)
            return cls(f"the {type(data).__qualname__}", reader.schema, lambda: iter(reader), known=known)
        raise DataRefusedError(
            f"a {type(data).__module__}.{type(data).__qualname__} cannot be written to a dataset",
            remedy=_KINDS,
        )

    @classmethod
    def _of_table(cls, table: "pa.Table", what: str, known: "pa.Schema | None") -> "RowSource":
        return cls(what, table.schema, lambda: iter(table.to_batches()), known=known)

    @classmethod
    def _of_path(cls, path: Path, known: "pa.Schema | None") -> "RowSource":
        import pyarrow as pa
        from pyarrow import dataset

        what = f"file {path}"
        if not path.exists():
            raise DataRefusedError(f"there is no {what}", remedy="check the path and the working directory")
        try:
            if path.suffix == ".csv":
                reader = open_csv(path)
                return cls(what, reader.schema, lambda: iter(reader), known=known)
            if path.is_dir() or path.suffix in (".parquet", ".pq"):
                files = dataset.dataset(path, format="parquet")
                return cls(what, files.schema, files.to_batches, known=known)
        except (pa.ArrowException, OSError) as error:
            raise DataRefusedError(f"{what} cannot be read: {error}", remedy="check its content") from error
        raise DataRefusedError(f"{what} is neither Parquet nor CSV, by its extension", remedy=_KINDS)

    def batches(self) -> "Iterator[pa.RecordBatch]":
        """Yield all rows, with the types of `schema`.

        Raises:
            DataRefusedError: The data cannot be read completely, or a value does not fit the type of its column.
        """
        import pyarrow as pa

        try:
            for batch in self._batches():
                yield self._converted(batch)
        except pa.ArrowException as error:
            raise DataRefusedError(
                f"{self.what} cannot be read completely: {error}",
                remedy="the file is not UTF-8: convert it, or read it with pandas and its encoding; nothing was written"
                if "UTF8" in str(error)
                else "correct the data; nothing was written",
            ) from error

    def to_table(self) -> "pa.Table":
        """Return all rows as a table in memory; raises the errors of `batches`."""
        import pyarrow as pa

        return pa.Table.from_batches(self.batches(), schema=self.schema)

    def _converted(self, batch: "pa.RecordBatch") -> "pa.RecordBatch":
        import pyarrow as pa

        columns = []
        for field, column in zip(self.schema, batch.columns, strict=True):
            try:
                columns.append(converted(column, field.type))
            except pa.ArrowException as error:
                raise DataRefusedError(
                    f"column {field.name!r} of {self.what} has a value that does not fit {field.type}: {error}",
                    remedy="round or convert the column first; nothing was written",
                ) from error
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)


def _opened(data: Any) -> "pa.RecordBatchReader":
    import pyarrow as pa

    try:
        return pa.RecordBatchReader.from_stream(data)
    except (pa.ArrowException, ValueError) as error:
        raise DataRefusedError(
            f"the {type(data).__module__}.{type(data).__qualname__} is not a stream of rows: {error}",
            remedy=_KINDS,
        ) from error
