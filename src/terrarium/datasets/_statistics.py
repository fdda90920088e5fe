"""Statistics of the values of each column."""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, JsonValue

from terrarium.datasets.constraints.example_rows import json_value

if TYPE_CHECKING:
    from terrarium.datasets.rows import Rows

__all__ = ["ColumnStatistics", "column_statistics"]

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_TOP = 5


class ColumnStatistics(BaseModel):
    """Statistics of one column of one version.

    Attributes:
        column: Name of the column.
        type: Arrow's name of its type.
        rows: Number of rows.
        nulls: Number of nulls.
        distinct: Number of distinct values, without nulls; None for nested types.
        minimum: The least value; NaN is ignored.
        maximum: The greatest value; NaN is ignored.
        mean: Mean of numbers.
        quantiles: Share of smaller values -> value, of numbers.
        top: The most frequent values, each with its count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    type: str
    rows: int
    nulls: int
    distinct: int | None = None
    minimum: JsonValue = None
    maximum: JsonValue = None
    mean: float | None = None
    quantiles: dict[float, float] = {}
    top: tuple[tuple[JsonValue, int], ...] = ()


def column_statistics(rows: "Rows") -> tuple[ColumnStatistics, ...]:
    """Return the statistics of each chosen column; one column at a time is in memory."""
    return tuple(_statistics(column, rows) for column in rows.schema.names)


def _statistics(column: str, rows: "Rows") -> ColumnStatistics:
    import polars as pl
    import pyarrow as pa

    kind = rows.schema.field(column).type
    values = rows.choose([column]).to_arrow()[column]
    known: dict[str, Any] = {
        "column": column,
        "type": str(kind),
        "rows": len(values),
        "nulls": values.null_count,
    }
    if pa.types.is_nested(kind) or len(values) == values.null_count:
        return ColumnStatistics(**known)
    series = pl.Series(column, pl.from_arrow(values)).drop_nulls()
    ordered = series.drop_nans() if series.dtype.is_float() else series
    if ordered.len():
        known["minimum"], known["maximum"] = json_value(ordered.min()), json_value(ordered.max())
    if series.dtype.is_numeric() and ordered.len():
        known["mean"] = ordered.cast(pl.Float64).mean()
        floats = ordered.cast(pl.Float64)
        known["quantiles"] = {share: floats.quantile(share, "linear") for share in _QUANTILES}
    # Equal counts are ordered by value, so that the same data has the same statistics.
    counted = series.value_counts(name="rows").sort(["rows", column], descending=[True, False])
    known["distinct"] = counted.height
    known["top"] = tuple((json_value(value), count) for value, count in counted.head(_TOP).iter_rows())
    return ColumnStatistics(**known)
