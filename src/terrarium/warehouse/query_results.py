"""Conversion of Athena's result objects to Arrow tables with typed columns."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_lines", "read_rows"]

_BLOCK = 1 << 20  # bytes; Arrow's default
_LARGEST_BLOCK = (1 << 31) - 1  # bytes; Arrow stores the size as a 32-bit integer


def read_rows(content: bytes, columns: Sequence[Mapping[str, Any]]) -> "pa.Table":
    """Return the rows of a CSV result, in which nulls are unquoted and all other values quoted.

    Args:
        content: Content of the object that Athena wrote.
        columns: Descriptions of the columns, from GetQueryResults.
    """
    import pyarrow as pa

    try:
        text = _texts(content, len(columns), block_size=_BLOCK)
    except pa.ArrowInvalid as error:
        if "straddling" not in str(error):
            raise
        # Arrow cannot read a row that is longer than a block: read everything as one block.
        text = _texts(content, len(columns), block_size=_LARGEST_BLOCK)
    typed = [_typed(text.column(place), column) for place, column in enumerate(columns)]
    return pa.table(typed, names=[column["Name"] for column in columns])


def _texts(content: bytes, columns: int, *, block_size: int) -> "pa.Table":
    """Return the rows of a result's CSV as text, without the header."""
    import pyarrow as pa
    from pyarrow import csv

    places = [str(place) for place in range(columns)]  # names may repeat
    table: pa.Table = csv.read_csv(
        pa.BufferReader(content),
        csv.ReadOptions(column_names=places, block_size=min(block_size, max(len(content), 1))),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return table.slice(1)


def read_lines(content: bytes, columns: Sequence[Mapping[str, Any]]) -> "pa.Table":
    """Return the lines of SHOW or DESCRIBE, split into columns at tabs; all values are text."""
    import pyarrow as pa

    names = [column["Name"] for column in columns]
    rows = [line.split("\t") for line in content.decode().splitlines() if line.strip()]
    padded = [[part.strip() for part in row] + [""] * (len(names) - len(row)) for row in rows]
    return pa.table(
        {name: pa.array([row[place] for row in padded], pa.string()) for place, name in enumerate(names)}
    )


def _typed(column: "pa.ChunkedArray", described: Mapping[str, Any]) -> "pa.ChunkedArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = described["Type"]
    if kind == "timestamp with time zone":
        return _moments(column)
    by_value: dict[str, tuple[Callable[[str], Any], pa.DataType]] = {
        "time": (time.fromisoformat, pa.time64("us")),
        "varbinary": (bytes.fromhex, pa.binary()),
    }
    if kind in by_value:
        read, arrow = by_value[kind]
        values = [None if one is None else read(one) for one in column.to_pylist()]
        return pa.chunked_array([pa.array(values, arrow)])
    if kind == "decimal":
        return pc.cast(column, pa.decimal128(described["Precision"], described["Scale"]))
    simple = {
        "boolean": pa.bool_(),
        "tinyint": pa.int8(),
        "smallint": pa.int16(),
        "integer": pa.int32(),
        "bigint": pa.int64(),
        "float": pa.float32(),
        "double": pa.float64(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
    }
    # Arrays, maps, rows and JSON stay text: Athena's notation of them is ambiguous.
    return pc.cast(column, simple[kind]) if kind in simple else column


def _moments(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Return times in UTC; each may be written in another zone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    utc = pa.timestamp("us", tz="UTC")
    if pc.all(pc.ends_with(column, " UTC")).as_py() is not False:
        plain = pc.cast(pc.replace_substring(column, " UTC", ""), pa.timestamp("us"))
        return pc.assume_timezone(plain, "UTC")
    return pa.chunked_array([[None if one is None else _moment(one) for one in column.to_pylist()]], utc)


def _moment(text: str) -> datetime:
    day, clock, zone = text.split(" ", 2)
    if zone[0] in "+-":
        return datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(UTC)
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
