"""Arrow tables from tabular data of any supported kind."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from terrarium.errors import Error
from terrarium.nesting import is_nested_deeply
from terrarium.plain_text import shown
from terrarium.tabular.pandas_frame import is_pandas, table_of_pandas
from terrarium.tabular.polars_frame import batches_of_polars, is_polars

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arrow_table", "table_of_rows"]


def arrow_table(data: Any, *, error: type[Error]) -> "pa.Table":
    """Convert Arrow, pandas or Polars data, or a list of mappings, to an Arrow table.

    Args:
        data: An Arrow table, record batch or record batch reader, a pandas or Polars frame (lazy frames included), an
            object with `__arrow_c_stream__`, or a list of mappings of column to value.
        error: The class of the error to raise.

    Raises:
        Error: Of class `error`: the data is of another kind, or cannot be converted.
    """
    import pyarrow as pa

    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.table(data)
    if isinstance(data, list):
        return table_of_rows(data, error=error)
    if is_pandas(data):
        return table_of_pandas(data, error=error)
    if is_polars(data):
        return batches_of_polars(data, error=error).read_all()
    if hasattr(data, "__arrow_c_stream__"):  # a record batch reader, DuckDB and others
        try:
            return pa.table(data)
        except (pa.ArrowException, ValueError) as raised:
            raise error(
                f"the {type(data).__module__}.{type(data).__qualname__} cannot be read as a table: {raised}",
                remedy="convert its columns to types that Arrow has; series.to_frame(name) makes a frame of a series",
            ) from raised
    raise error(
        f"{type(data).__module__}.{type(data).__qualname__} is not a table",
        remedy="pass an Arrow table, a pandas or Polars frame, or a list of mappings",
    )


def table_of_rows(rows: list[Any], *, error: type[Error]) -> "pa.Table":
    """Convert a list of mappings of column to value to an Arrow table. Missing values become null.

    Raises:
        Error: Of class `error`: a row is not a mapping, or a column has values of several types.
    """
    import pyarrow as pa

    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise error(
                f"row {place} is a {type(row).__name__}: {shown(row)}",
                remedy='a row is a mapping of column to value, for example {"customer_id": 1}',
            )
    # `from_pylist` takes the columns of the first row only, and drops those that only later rows have.
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        if is_nested_deeply(values):
            raise error(
                f"column {name!r} of the rows is nested too deeply, or contains itself",
                remedy="pass flatter values",
            )
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as raised:
            raise error(
                f"column {name!r} of the rows has values of several types, or of a type that no table has: {raised}",
                remedy="give each column numbers, text or times only",
            ) from raised
    return pa.table(columns)
