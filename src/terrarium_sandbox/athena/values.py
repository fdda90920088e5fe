"""Text of values in results, as Athena writes them: Java's numbers, `[1, 2]`, `{a=1}`, and nulls omitted."""

import math
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["as_text", "exponent_text", "java_double", "shortest_float"]


def as_text(column: "pa.Array") -> "pa.Array":
    """Return a column as text. Nulls remain null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_timestamp(kind):
        return _timestamps(column)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_date32(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_decimal(kind):
        texts = [None if value is None else format(value, "f") for value in column.to_pylist()]
    else:
        texts = [None if value is None else _text(value, kind) for value in column.to_pylist()]
    return pa.array(texts, pa.string())


def java_double(value: float) -> str:
    """Return a floating-point number as Java's Double.toString writes it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return format(Decimal(repr(value)), "f") if "e" in repr(value) else repr(value)
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - the number is finite
    text = "".join(map(str, digits)).rstrip("0") or "0"
    power = exponent + len(digits) - 1
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def exponent_text(value: float) -> str:
    """Return a floating-point number as a cast to VARCHAR writes it, always with an exponent: `1.0E0`."""
    if math.isnan(value) or math.isinf(value):
        return java_double(value)
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - the number is finite
    text = "".join(map(str, digits)).rstrip("0") or "0"
    power = exponent + len(digits) - 1 if text != "0" else 0
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def shortest_float(value: float) -> float:
    """Return the double with the fewest digits that has the same REAL value."""
    import numpy as np

    return float(str(np.float32(value)))


def _timestamps(column: "pa.Array") -> "pa.Array":
    """Return timestamps as text with milliseconds, or microseconds if not zero, followed by the zone, always UTC."""
    import pyarrow as pa
    import pyarrow.compute as pc

    zone = column.type.tz
    local = pc.cast(column, pa.timestamp("us", tz=zone)).cast(pa.int64())
    whole = pc.equal(pc.subtract(local, pc.multiply(pc.divide(local, 1000), 1000)), 0)
    plain = local.cast(pa.timestamp("us"))
    text = pc.if_else(
        whole,
        pc.cast(pc.cast(plain, pa.timestamp("ms"), safe=False), pa.string()),
        pc.cast(plain, pa.string()),
    )
    return pc.binary_join_element_wise(text, "UTC", " ") if zone else text


def _text(value: Any, kind: "pa.DataType") -> str:
    import pyarrow as pa

    if value is None:
        return "null"
    if pa.types.is_map(kind):
        pairs = (f"{_text(key, kind.key_type)}={_text(item, kind.item_type)}" for key, item in value)
        return "{" + ", ".join(pairs) + "}"
    if pa.types.is_struct(kind):
        return (
            "{"
            + ", ".join(f"{_shown(field.name)}={_text(value[field.name], field.type)}" for field in kind)
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_text(one, kind.value_type) for one in value) + "]"
    if pa.types.is_float32(kind):
        return java_double(shortest_float(value))
    return _scalar_text(value)


def _shown(name: str) -> str:
    """Return the name of a row's field. DuckDB names unnamed fields `_0`, Athena `field0`."""
    return f"field{name[1:]}" if name.startswith("_") and name[1:].isdecimal() else name


def _scalar_text(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float():
            return java_double(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            zone = " UTC" if value.tzinfo else ""
            fraction = f"{value.microsecond:06d}"
            return f"{value:%Y-%m-%d %H:%M:%S}.{fraction[:3] if fraction.endswith('000') else fraction}{zone}"
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="milliseconds")
        case bytes():
            return value.hex(" ")
        case _:
            return str(value)
