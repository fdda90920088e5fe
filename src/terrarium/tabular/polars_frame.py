"""Polars frames as streams of record batches."""

from typing import TYPE_CHECKING, Any

from terrarium.errors import Error

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

__all__ = ["batches_of_polars", "is_polars"]


def is_polars(data: object) -> bool:
    """Return whether `data` is an object of Polars, without importing Polars."""
    return type(data).__module__.partition(".")[0] == "polars"


def batches_of_polars(data: Any, *, error: type[Error]) -> "pa.RecordBatchReader":
    """Return the rows of a Polars frame; a lazy frame is collected.

    Args:
        data: The frame.
        error: The class of the error to raise.

    Raises:
        Error: Of class `error`: it is not a frame, its query fails, or Arrow does not have the type of a column.
    """
    import polars as pl
    import pyarrow as pa

    if isinstance(data, pl.LazyFrame):
        try:
            data = data.collect()
        except pl.exceptions.PolarsError as raised:
            raise error(
                f"the LazyFrame cannot be collected: {raised}",
                remedy="correct its query: frame.collect() must succeed",
            ) from raised
    if not isinstance(data, pl.DataFrame):
        raise error(
            f"a polars {type(data).__qualname__} is not a table",
            remedy="pass a DataFrame or LazyFrame; series.to_frame(name) makes a frame of a series",
        )
    for name, dtype in data.schema.items():
        refused = _refused(dtype)
        if refused is not None:
            raise error(
                f"column {name!r} of the DataFrame is of type {refused}",
                remedy=_REMEDIES.get(str(refused), "convert it to a type that a table can store"),
            )
    return pa.RecordBatchReader.from_stream(data)


# By name of the type in Polars. Arrow has no 128-bit integers; Polars exports the memory addresses of objects.
_REMEDIES = {
    "Object": "convert the Python objects to text, numbers or structs: other objects cannot be stored",
    "Int128": 'cast it: pl.col("x").cast(pl.Int64), or pl.Decimal(38, 0), or pl.String',
    "UInt128": 'cast it: pl.col("x").cast(pl.Int64), or pl.Decimal(38, 0), or pl.String',
}


def _refused(dtype: "pl.DataType") -> "pl.DataType | None":
    """Return the type within `dtype` that cannot be exported to Arrow; None if there is none."""
    if str(dtype) in _REMEDIES:
        return dtype
    inner = getattr(dtype, "inner", None)
    fields = [field.dtype for field in getattr(dtype, "fields", ())]
    for part in [*([inner] if inner is not None else []), *fields]:
        if (refused := _refused(part)) is not None:
            return refused
    return None
