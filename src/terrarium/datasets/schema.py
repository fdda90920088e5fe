"""Types that a dataset can store, and differences between the columns of data and of a dataset."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from terrarium.datasets.errors import DataRefusedError, SchemaDiffersError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_schema", "differences", "storable_schema", "widens"]


def storable_schema(schema: "pa.Schema", *, what: str, known: "pa.Schema | None" = None) -> "pa.Schema":
    """Return the schema that data gets in a dataset: types of Iceberg, which every engine reads.

    Small integers become 32 bits wide, unsigned ones as wide as their values need, times microseconds, dictionaries
    their values. No conversion loses data: a value that does not fit is refused.

    Args:
        schema: Schema of the data.
        what: Name of the data in errors.
        known: Schema of the dataset, if it exists. Narrower numbers and columns of nulls get its types.

    Raises:
        DataRefusedError: A column has a type that Iceberg does not have, or a name that SQL engines would confuse.
    """
    import pyarrow as pa

    _check_names(schema.names, what=what)
    fields = []
    for field in schema:
        typed = field
        if known is not None and pa.types.is_null(field.type) and field.name in known.names:
            typed = known.field(field.name)
        kind = _storable(typed.type, column=field.name, what=what)
        if known is not None and field.name in known.names and widens(kind, known.field(field.name).type):
            kind = known.field(field.name).type
        fields.append(pa.field(field.name, kind, nullable=field.nullable))
    return pa.schema(fields)


def differences(dataset: "pa.Schema", data: "pa.Schema") -> tuple[str, ...]:
    """Return the differences between the columns of data and dataset, one line each; narrower numbers do not differ."""
    lines = [f"column {name!r} is missing" for name in dataset.names if name not in data.names]
    for field in data:
        if field.name not in dataset.names:
            lines.append(f"column {field.name!r} ({field.type}) is new")
            continue
        known = dataset.field(field.name).type
        if not _fits(field.type, known):
            lines.append(f"column {field.name!r} is {_plain(field.type)}, not {_plain(known)}")
    return tuple(lines)


def check_schema(dataset: "pa.Schema", data: "pa.Schema", *, name: str, evolve: bool) -> bool:
    """Return whether the dataset's schema has to change to store the data.

    Args:
        dataset: Schema of the dataset.
        data: Schema of the data, with storable types.
        name: Name of the dataset.
        evolve: Whether the schema may change.

    Raises:
        SchemaDiffersError: The schema would have to change and may not, or cannot; the error names the columns.
    """
    found = differences(dataset, data)
    if not found:
        return False
    impossible = _impossible(dataset, data)
    if evolve and not impossible:
        return True
    what = impossible if evolve else found
    raise SchemaDiffersError(
        f"the data does not have the columns of dataset {name!r}: {'; '.join(what)}",
        remedy="convert these columns, or write to another dataset"
        if impossible
        else "correct the data, or pass evolve=True: new columns are added, missing ones filled with nulls, and "
        "numbers widened",
    )


def _impossible(dataset: "pa.Schema", data: "pa.Schema") -> list[str]:
    """Return differences that evolving cannot resolve: missing required columns, and types that do not widen."""
    lines = [
        f"column {field.name!r} is missing, and required"
        for field in dataset
        if field.name not in data.names and not field.nullable
    ]
    for field in data:
        if field.name in dataset.names:
            known = dataset.field(field.name).type
            if not _fits(field.type, known) and not widens(known, field.type):
                lines.append(f"column {field.name!r} is {_plain(field.type)}, not {_plain(known)}")
    return lines


def _fits(data: "pa.DataType", dataset: "pa.DataType") -> bool:
    return _plain(data) == _plain(dataset) or widens(data, dataset)


def widens(narrow: "pa.DataType", wide: "pa.DataType") -> bool:
    """Return whether Iceberg promotes a type to another: https://iceberg.apache.org/spec/#schema-evolution."""
    import pyarrow as pa

    types = pa.types
    if types.is_decimal(narrow) and types.is_decimal(wide):
        return bool(narrow.scale == wide.scale and narrow.precision <= wide.precision)
    return bool(
        (types.is_int32(narrow) and types.is_int64(wide))
        or (types.is_float32(narrow) and types.is_float64(wide))
    )


def _plain(kind: "pa.DataType") -> str:
    """Return Arrow's name of a type, without differences in offsets and in the notation of time zones."""
    text = str(kind).replace("large_", "").replace("fixed_size_", "")
    return (
        text.replace("tz=Etc/UTC", "tz=UTC")
        .replace("tz=+00:00", "tz=UTC")
        .replace("item:", "element:")
        .replace(" not null", "")
    )


def _check_names(names: list[str], *, what: str) -> None:
    taken = Counter(name.lower() for name in names)
    twice = sorted({name for name in names if taken[name.lower()] > 1})
    wrong = [name for name in names if not name.strip() or "." in name or '"' in name]
    if twice or wrong or not names:
        problems = [f"{name!r} exists more than once (case is ignored)" for name in twice]
        problems += [f"{name!r} is empty, or contains a dot or a quotation mark" for name in wrong]
        raise DataRefusedError(
            f"{what} has columns that SQL cannot tell apart: {'; '.join(problems)}"
            if names
            else f"{what} has no columns",
            remedy="rename them",
        )


def _storable(kind: "pa.DataType", *, column: str, what: str) -> "pa.DataType":
    import pyarrow as pa

    types = pa.types

    def inner(of: "pa.DataType") -> "pa.DataType":
        return _storable(of, column=column, what=what)

    if types.is_dictionary(kind):
        return inner(kind.value_type)
    if types.is_int8(kind) or types.is_int16(kind) or types.is_uint8(kind) or types.is_uint16(kind):
        return pa.int32()
    if types.is_uint32(kind) or types.is_uint64(kind):
        return pa.int64()
    if types.is_float16(kind):
        return pa.float32()
    if types.is_timestamp(kind):
        return pa.timestamp("us", "UTC" if kind.tz else None)
    if types.is_date(kind):
        return pa.date32()
    if types.is_time(kind):
        return pa.time64("us")
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return pa.string()
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind):
        return pa.binary()
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return pa.list_(pa.field("element", inner(kind.value_type)))
    if types.is_struct(kind) and kind.num_fields:
        _check_names([field.name for field in kind], what=f"column {column!r} of {what}")
        return pa.struct([pa.field(field.name, inner(field.type)) for field in kind])
    if types.is_map(kind):
        return pa.map_(inner(kind.key_type), inner(kind.item_type))
    if types.is_decimal32(kind) or types.is_decimal64(kind):
        return pa.decimal128(kind.precision, kind.scale)
    if _kept(kind):
        return kind
    problem = "contains only nulls, which have no type" if types.is_null(kind) else f"is of type {kind}"
    raise DataRefusedError(
        f"column {column!r} of {what} {problem}",
        remedy=_remedy(kind),
    )


def _remedy(kind: "pa.DataType") -> str:
    import pyarrow as pa

    if pa.types.is_duration(kind):
        return (
            "store a number, with the unit in the column's name, for example seconds: "
            'frame["x"].dt.total_seconds() in pandas, pl.col("x").dt.total_seconds() in Polars'
        )
    if pa.types.is_decimal(kind):
        return "a table stores decimals of up to 38 digits and a scale of 0 to 38: cast the column, or store text"
    if pa.types.is_struct(kind):
        return "a struct needs at least one field: drop the column"
    return "convert it to a type that a table can store, for example int64 or string"


def _kept(kind: Any) -> bool:
    import pyarrow as pa

    types = pa.types
    return bool(
        types.is_boolean(kind)
        or types.is_int32(kind)
        or types.is_int64(kind)
        or types.is_float32(kind)
        or types.is_float64(kind)
        or types.is_fixed_size_binary(kind)
        or (types.is_decimal128(kind) and 0 <= kind.scale <= kind.precision)
    )
