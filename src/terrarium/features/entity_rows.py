"""Entity rows: for whom, and as of when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.errors import EntityRowsError
from terrarium.features.typed_column import typed_column
from terrarium.nesting import is_nested_deeply
from terrarium.pandas_table import is_pandas, table_of_pandas

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["EntityRows", "arrow_table"]


@dataclass(frozen=True)
class EntityRows:
    """The rows of a training set before it has features.

    Args:
        table: As they were given.
        event_time: The column that says as of when.
    """

    table: "pa.Table"
    event_time: str

    def times(self) -> "pa.ChunkedArray":
        """As of when, in UTC to the microsecond; finer than that is cut off.

        Raises:
            EntityRowsError: The column is missing, has no time zone, or has nulls.
        """
        import pyarrow as pa

        column = self._column(self.event_time)
        if not pa.types.is_timestamp(column.type) or column.type.tz is None:
            raise EntityRowsError(
                f"column {self.event_time!r} of the entity rows is {column.type}: it must be a time with a zone",
                remedy='add the zone, e.g. frame["event_time"].dt.tz_localize("UTC") in pandas, or '
                '.dt.replace_time_zone("UTC") in Polars; of numbers, name the unit: '
                'pandas.to_datetime(values, unit="s", utc=True)',
            )
        if column.null_count:
            raise EntityRowsError(
                f"{column.null_count} entity rows have no {self.event_time!r}",
                remedy="without a time there is nothing to look up: leave such rows out",
            )
        return column.cast(arrow_type("timestamptz"), safe=False)

    def keyed(self, dtypes: Mapping[str, str]) -> "pa.Table":
        """The columns of those names, in those types.

        Raises:
            EntityRowsError: One is missing, or holds something else.
        """
        import pyarrow as pa

        return pa.table({name: self._typed(name, dtype) for name, dtype in dtypes.items()})

    def _typed(self, name: str, dtype: str) -> "pa.ChunkedArray":
        import pyarrow as pa

        column = self._column(name)
        values = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        # A number is no text, nor the other way round, even where one could be read as the other.
        text = (
            pa.types.is_string(values) or pa.types.is_large_string(values) or pa.types.is_string_view(values)
        )
        try:
            if text != (dtype == "string") and not pa.types.is_null(values):
                raise pa.ArrowInvalid(f"it is {column.type}")
            return typed_column(column, dtype)
        except pa.ArrowException as error:
            raise EntityRowsError(
                f"column {name!r} of the entity rows is no {dtype}: {error}",
                remedy=f"convert it to {dtype}, which feature views declare",
            ) from error

    def _column(self, name: str) -> "pa.ChunkedArray":
        if name not in self.table.column_names:
            raise EntityRowsError(
                f"the entity rows have no column {name!r}; they have {', '.join(self.table.column_names)}",
                remedy=f"add {name!r}, or rename what it is called",
            )
        return self.table[name]


def arrow_table(data: Any) -> "pa.Table":
    """Arrow, pandas or Polars, or a list of rows as mappings, as an Arrow table.

    Raises:
        EntityRowsError: It is something else.
    """
    import pyarrow as pa

    if isinstance(data, pa.Table):
        return data
    if isinstance(data, list):
        return _table_of_rows(data)
    if is_pandas(data):
        return table_of_pandas(data, error=EntityRowsError)
    if hasattr(data, "__arrow_c_stream__"):  # Polars, DuckDB and others
        try:
            return pa.table(data)
        except (pa.ArrowException, ValueError) as error:
            raise EntityRowsError(
                f"the {type(data).__module__}.{type(data).__qualname__} cannot be read as a table: {error}",
                remedy="convert its columns to types that Arrow has; series.to_frame(name) makes a frame of a series",
            ) from error
    raise EntityRowsError(
        f"{type(data).__module__}.{type(data).__qualname__} is no table",
        remedy="give an Arrow table, a frame of pandas' or Polars', or a list of mappings",
    )


def _table_of_rows(rows: list[Any]) -> "pa.Table":
    import pyarrow as pa

    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise EntityRowsError(
                f"row {place} is a {type(row).__name__}: {row!r:.80}",
                remedy='a row is a mapping of column to value, e.g. {"customer_id": 1}',
            )
    # `from_pylist` takes the columns of the first row alone, and drops what only later ones have.
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        if is_nested_deeply(values):
            raise EntityRowsError(
                f"column {name!r} of the rows is nested too deeply, or holds itself",
                remedy="give flatter values",
            )
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
            raise EntityRowsError(
                f"column {name!r} of the rows holds values of several kinds, or of none that a table has: {error}",
                remedy="give each column numbers, text or times only",
            ) from error
    return pa.table(columns)
