"""Conversion of columns to feature types. A conversion that could change the meaning of a value is refused."""

from typing import TYPE_CHECKING

from terrarium.arrow_conversion import converted
from terrarium.features.definition.dtype import arrow_type

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["typed_column"]


def typed_column(column: "pa.ChunkedArray", dtype: str) -> "pa.ChunkedArray":
    """Return the column in the type of a feature.

    Arrow's cast reads a number as microseconds since 1970, and the reverse. Sources often have seconds or
    milliseconds, so a cast would store wrong times without an error.

    Raises:
        pyarrow.ArrowInvalid: A value has another kind of type, or does not fit.
        pyarrow.ArrowNotImplementedError: Arrow has no conversion between the types.
    """
    import pyarrow as pa

    target = arrow_type(dtype)
    if column.type == target:
        return column
    _check_kinds(column.type, target)
    chunks = [_checked(chunk, target) for chunk in column.chunks]
    return pa.chunked_array([converted(chunk, target) for chunk in chunks], target)


def _check_kinds(given: "pa.DataType", target: "pa.DataType") -> None:
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(given):
        return _check_kinds(given.value_type, target)
    if types.is_null(given):
        return None
    if types.is_list(target):
        if not (types.is_list(given) or types.is_large_list(given) or types.is_fixed_size_list(given)):
            raise pa.ArrowInvalid(f"{given} is not a list")
        return _check_kinds(given.value_type, target.value_type)
    text = types.is_string(given) or types.is_large_string(given) or types.is_string_view(given)
    if types.is_string(target) and not text:
        raise pa.ArrowInvalid("it is not text")
    if types.is_timestamp(target) and not text:
        if not types.is_timestamp(given):
            raise pa.ArrowInvalid(
                "it is not a timestamp with a time zone: a number has no unit, and a date no zone. For seconds since "
                '1970, use pandas.to_datetime(values, unit="s", utc=True), or '
                'polars.from_epoch(values, time_unit="s").dt.replace_time_zone("UTC")'
            )
        if given.tz is None:
            raise pa.ArrowInvalid("its times have no time zone")
    if types.is_temporal(given) and not types.is_timestamp(target):
        raise pa.ArrowInvalid(
            "a time is not a number: convert it with a unit, for example to seconds since 1970"
        )
    return None


def _checked(chunk: "pa.Array", target: "pa.DataType") -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    number = pa.types.is_integer(chunk.type) or pa.types.is_floating(chunk.type)
    if pa.types.is_boolean(target) and number:
        # Arrow's cast reads every number but 0 as true.
        truth = pc.is_in(chunk, value_set=pa.array([0, 1, None], chunk.type))
        if pc.all(truth).as_py() is False:
            raise pa.ArrowInvalid("numbers other than 0 and 1 are neither true nor false")
    return chunk
