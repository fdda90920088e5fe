"""Conversion of Arrow arrays to storable types, dictionaries within lists and structs included."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["converted"]


def converted(array: "pa.Array", target: "pa.DataType") -> "pa.Array":
    """Return `array` with type `target`; dictionaries become their values.

    Arrow's own cast has no kernel for dictionaries of string views, which is what Polars exports categoricals as, and
    none for dictionaries inside of other types.

    Raises:
        pyarrow.ArrowInvalid: A value does not fit into the type.
        pyarrow.ArrowNotImplementedError: Arrow has no conversion between the types.
    """
    import pyarrow as pa

    types = pa.types
    if array.type == target:
        return array
    if types.is_dictionary(array.type):
        return converted(array.dictionary, target).take(array.indices)
    if not _has_dictionary(array.type):
        return array.cast(target)
    if types.is_list(target):
        return _converted_list(array, target)
    if types.is_struct(target):
        children = [
            converted(child, field.type) for child, field in zip(array.flatten(), target, strict=True)
        ]
        return pa.StructArray.from_arrays(children, fields=list(target), mask=array.is_null())
    return array.cast(target)


def _converted_list(array: "pa.Array", target: "pa.DataType") -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.list_value_length(array), 0).cast(pa.int64())
    if pa.types.is_fixed_size_list(array.type):
        lengths = pc.if_else(array.is_null(), 0, lengths)
    ends = pc.cumulative_sum(lengths)
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), ends]).cast(pa.int32())
    # `flatten` leaves out what null lists refer to, as the offsets do.
    values = converted(array.flatten(), target.value_type)
    return pa.ListArray.from_arrays(offsets, values, type=target, mask=array.is_null())


def _has_dictionary(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return True
    return any(_has_dictionary(kind.field(place).type) for place in range(kind.num_fields))
