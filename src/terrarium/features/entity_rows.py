"""Entity rows: the keys and times of a training set, and conversion of tabular data to Arrow."""

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
    """The rows of a training set, before features are added.

    Args:
        table: The rows.
        event_time: The column with the time of each row.
    """

    table: "pa.Table"
    event_time: str

    def times(self) -> "pa.ChunkedArray":
        """Return the times in UTC, to the microsecond; finer digits are cut off.

        Raises:
            EntityRowsError: The column is missing, has no time zone, or has nulls.
        """
        import pyarrow as pa

        column = self._column(self.event_time)
        if not pa.types.is_timestamp(column.type) or column.type.tz is None:
            raise EntityRowsError(
                f"column {self.event_time!r} of the entity rows is {column.type}; it must be a timestamp with a time "
                "zone",
                remedy='add the zone, for example frame["event_time"].dt.tz_localize("UTC") in pandas, or '
                '.dt.replace_time_zone("UTC") in Polars; for numbers, name the unit: '
                'pandas.to_datetime(values, unit="s", utc=True)',
            )
        if column.null_count:
            raise EntityRowsError(
                f"{column.null_count} entity rows have no {self.event_time!r}",
                remedy="a row without a time cannot be looked up: remove such rows",
            )
        return column.cast(arrow_type("timestamptz"), safe=False)

    def keyed(self, dtypes: Mapping[str, str]) -> "pa.Table":
        """Return the named columns, converted to the given types.

        Raises:
            EntityRowsError: A column is missing, or cannot be converted.
        """
        import pyarrow as pa

        return pa.table({name: self._typed(name, dtype) for name, dtype in dtypes.items()})

    def _typed(self, name: str, dtype: str) -> "pa.ChunkedArray":
        import pyarrow as pa

        column = self._column(name)
        values = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        # Numbers and text are never converted into each other, even where it were possible.
        text = (
            pa.types.is_string(values) or pa.types.is_large_string(values) or pa.types.is_string_view(values)
        )
        try:
            if text != (dtype == "string") and not pa.types.is_null(values):
                raise pa.ArrowInvalid(f"it is {column.type}")
            return typed_column(column, dtype)
        except pa.ArrowException as error:
            raise EntityRowsError(
                f"column {name!r} of the entity rows is not {dtype}: {error}",
                remedy=f"convert it to {dtype}, the type in the feature view",
            ) from error

    def _column(self, name: str) -> "pa.ChunkedArray":
        if name not in self.table.column_names:
            raise EntityRowsError(
                f"the entity rows have no column {name!r}; they have {', '.join(self.table.column_names)}",
                remedy=f"add {name!r}, or rename the column that holds it",
            )
        return self.table[name]


def arrow_table(data: Any) -> "pa.Table":
    """Convert Arrow, pandas or Polars data, or a list of mappings, to an Arrow table.

    Raises:
        EntityRowsError: The data is of another kind, or cannot be converted.
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
        f"{type(data).__module__}.{type(data).__qualname__} is not a table",
        remedy="pass an Arrow table, a pandas or Polars frame, or a list of mappings",
    )


def _table_of_rows(rows: list[Any]) -> "pa.Table":
    import pyarrow as pa

    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise EntityRowsError(
                f"row {place} is a {type(row).__name__}: {row!r:.80}",
                remedy='a row is a mapping of column to value, for example {"customer_id": 1}',
            )
    # `from_pylist` takes the columns of the first row only, and drops those that only later rows have.
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        if is_nested_deeply(values):
            raise EntityRowsError(
                f"column {name!r} of the rows is nested too deeply, or contains itself",
                remedy="pass flatter values",
            )
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
            raise EntityRowsError(
                f"column {name!r} of the rows has values of several types, or of a type that no table has: {error}",
                remedy="give each column numbers, text or times only",
            ) from error
    return pa.table(columns)
