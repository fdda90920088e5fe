"""Entity rows: for whom, and as of when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.errors import EntityRowsError

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
                remedy='say which zone it is in, e.g. frame["event_time"].dt.tz_localize("UTC") in pandas, or '
                '.dt.replace_time_zone("UTC") in Polars',
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
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_timestamp(column.type) and column.type.tz is None:
            raise EntityRowsError(
                f"column {name!r} of the entity rows has times without a zone",
                remedy="say which zone they are in; any will do, UTC is best",
            )
        # A number is no text, nor the other way round, even where one could be read as the other.
        text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        text = text or pa.types.is_string_view(column.type)
        try:
            if text != (dtype == "string") and not pa.types.is_null(column.type):
                raise pa.ArrowInvalid(f"it is {column.type}")
            return column.cast(arrow_type(dtype))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
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
        return pa.Table.from_pylist(data)
    if type(data).__module__.partition(".")[0] == "pandas":
        return pa.Table.from_pandas(data, preserve_index=False).replace_schema_metadata()
    if hasattr(data, "__arrow_c_stream__"):  # Polars, DuckDB and others
        return pa.table(data)
    raise EntityRowsError(
        f"{type(data).__module__}.{type(data).__qualname__} is no table",
        remedy="give an Arrow table, a frame of pandas' or Polars', or a list of mappings",
    )
