"""Rows in validation reports, as JSON values."""

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from pydantic import JsonValue

from terrarium.datasets.constraints.validation_report import EXAMPLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["examples_of", "json_value"]


def examples_of(rows: "pa.Table", *, at_most: int = EXAMPLES) -> tuple[dict[str, JsonValue], ...]:
    """Return the first rows, as JSON values."""
    return tuple(
        {name: json_value(value) for name, value in row.items()} for row in rows.slice(0, at_most).to_pylist()
    )


def json_value(value: object) -> JsonValue:
    """Return a value of Arrow as a JSON value: times as ISO text, values of other types as text."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case date() | time():
            return value.isoformat()
        case list() | tuple():
            return [json_value(item) for item in value]
        case dict():
            return {str(name): json_value(item) for name, item in value.items()}
        case bytes():
            return value.hex()
        case timedelta():
            return value.total_seconds()
        case _:
            return str(value)
