"""Conversion of columns to the types of features; what could change a value's meaning is refused."""

from typing import TYPE_CHECKING

from terrarium.arrow_conversion import converted
from terrarium.features.definition.dtype import arrow_type

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["typed_column"]


def typed_column(column: "pa.ChunkedArray", dtype: str) -> "pa.ChunkedArray":
    """Return `column` in the type of a feature.

    Arrow's cast takes a number for microseconds since 1970, and a time for such a number. Sources have seconds or
    milliseconds, so that both would store wrong times without a word.

    Raises:
        pyarrow.ArrowInvalid: A value is of another kind, or does not fit.
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
            raise pa.ArrowInvalid(f"{given} is no list")
        return _check_kinds(given.value_type, target.value_type)
    text = types.is_string(given) or types.is_large_string(given) or types.is_string_view(given)
    if types.is_string(target) and not text:
        raise pa.ArrowInvalid("it is no text")
    if types.is_timestamp(target) and not text:
        if not types.is_timestamp(given):
            raise pa.ArrowInvalid(
                "it is no time with a zone: a number has no unit, and a date no zone; for seconds since 1970, "
                'pandas.to_datetime(values, unit="s", utc=True), or '
                'polars.from_epoch(values, time_unit="s").dt.replace_time_zone("UTC")'
            )
        if given.tz is None:
            raise pa.ArrowInvalid("it has times without a zone")
    if types.is_temporal(given) and not types.is_timestamp(target):
        raise pa.ArrowInvalid("a time is no number: say in which unit, e.g. seconds since 1970")
    return None


def _checked(chunk: "pa.Array", target: "pa.DataType") -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    number = pa.types.is_integer(chunk.type) or pa.types.is_floating(chunk.type)
    if pa.types.is_boolean(target) and number:
        # Arrow's cast takes every number but 0 for true.
        truth = pc.is_in(chunk, value_set=pa.array([0, 1, None], chunk.type))
        if pc.all(truth).as_py() is False:
            raise pa.ArrowInvalid("numbers other than 0 and 1 are neither true nor false")
    return chunk
