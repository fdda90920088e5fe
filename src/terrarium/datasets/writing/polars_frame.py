"""Polars frames as streams of record batches."""

from typing import TYPE_CHECKING, Any

from terrarium.datasets.errors import DataRefusedError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

__all__ = ["batches_of_polars"]


def batches_of_polars(data: Any) -> "pa.RecordBatchReader":
    """Return the rows of a Polars frame; a lazy one is collected.

    Raises:
        DataRefusedError: It is no frame, its query fails, or a column has a type that Arrow does not.
    """
    import polars as pl
    import pyarrow as pa

    if isinstance(data, pl.LazyFrame):
        try:
            data = data.collect()
        except pl.exceptions.PolarsError as error:
            raise DataRefusedError(
                f"the LazyFrame cannot be collected: {error}", remedy="frame.collect() has to work first"
            ) from error
    if not isinstance(data, pl.DataFrame):
        raise DataRefusedError(
            f"a polars {type(data).__qualname__} is no table",
            remedy="give a DataFrame or LazyFrame; series.to_frame(name) makes one of a series",
        )
    for name, dtype in data.schema.items():
        refused = _refused(dtype)
        if refused is not None:
            raise DataRefusedError(
                f"column {name!r} of the DataFrame is of type {refused}",
                remedy=_REMEDIES.get(str(refused), "convert it to a type that a table can have"),
            )
    return pa.RecordBatchReader.from_stream(data)


# By the type's name in Polars. Arrow has no 128-bit integers; of objects Polars exports their addresses in memory.
_REMEDIES = {
    "Object": "convert the Python objects to text, numbers or structs: nothing else can be stored",
    "Int128": 'cast it: pl.col("x").cast(pl.Int64), or pl.Decimal(38, 0), or pl.String',
    "UInt128": 'cast it: pl.col("x").cast(pl.Int64), or pl.Decimal(38, 0), or pl.String',
}


def _refused(dtype: "pl.DataType") -> "pl.DataType | None":
    """Return the type within `dtype` that cannot be exported to Arrow; None where all can."""
    if str(dtype) in _REMEDIES:
        return dtype
    inner = getattr(dtype, "inner", None)
    fields = [field.dtype for field in getattr(dtype, "fields", ())]
    for part in [*([inner] if inner is not None else []), *fields]:
        if (refused := _refused(part)) is not None:
            return refused
    return None
