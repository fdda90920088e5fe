"""Python values as SQL literals, the form in which Athena takes parameters."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

from terrarium.warehouse.errors import QueryParameterError

__all__ = ["sql_literal"]


def sql_literal(value: object) -> str:
    """Return the SQL literal of text, a number, a boolean, a date, a time, bytes or None.

    Raises:
        QueryParameterError: The value has another type.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case Decimal() if value.is_finite():
            return format(value, "f")
        case float():
            return _double(value)
        case str():
            return "'" + value.replace("'", "''") + "'"
        case bytes():
            return f"X'{value.hex()}'"
        case datetime() if value.tzinfo:
            return f"TIMESTAMP '{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC'"
        case datetime():
            return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S.%f}'"
        case date():
            return f"DATE '{value.isoformat()}'"
    raise QueryParameterError(
        f"{value!r} ({type(value).__name__}) cannot be a parameter of a query",
        remedy="pass text, a number, a boolean, a date, a datetime, bytes or None",
    )


def _double(value: float) -> str:
    if math.isnan(value):
        return "nan()"
    if math.isinf(value):
        return "infinity()" if value > 0 else "-infinity()"
    return format(value, ".17e")
