"""Entity rows: the keys and times of a training set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from terrarium.features._typed_column import typed_column
from terrarium.features.definition.dtype import arrow_type
from terrarium.features.errors import EntityRowsError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["EntityRows"]


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
