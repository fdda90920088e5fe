"""Comparison of one field of a run with a value, as SQL."""

import math
import operator
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from terrarium.record.non_finite import LARGEST
from terrarium.search.condition import Field, Kind, Operator, Value
from terrarium.search.errors import ComparisonError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

__all__ = ["compare"]

_TIMES = ("started", "ended")
# PostgreSQL's `numeric` holds 131,072 digits before the point and 16,383 behind it: whatever fits into a param's 8,000
# characters with an exponent of three digits.
_NUMBER = r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$"
_INFINITY = r"^\s*\+?inf(inity)?\s*$"  # as Python writes and reads it; in lower case
_MINUS_INFINITY = r"^\s*-inf(inity)?\s*$"
# The smallest float above zero. PostgreSQL raises an error for a number that the cast to a float makes zero.
_SMALLEST = Decimal("5e-324")
_Comparing: TypeAlias = "Callable[[ColumnElement[Any], str | float], ColumnElement[bool]]"
_COMPARE: dict[Operator, _Comparing] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(
    field: Field, column: "ColumnElement[Any]", operator: Operator, value: Value
) -> "ColumnElement[bool]":
    """Return the SQL expression `column operator value`. It is NULL where `column` is NULL.

    Args:
        field: The field of a run; its kind decides how values are compared.
        column: The column that holds the values of `field`.
        operator: The operator.
        value: The value on the right-hand side.

    Raises:
        ComparisonError: The kind of `field` cannot be compared with `value`.
    """
    if field.kind is Kind.ATTRIBUTE and field.name in _TIMES:
        return _exactly(field, operator)(column, _milliseconds(field, value))
    if field.kind is Kind.METRIC:
        if not isinstance(value, int | float):
            raise _unfit(field, value, "a number")
        return _as_number(_exactly(field, operator), column, _stored(_float(value)))
    if isinstance(value, datetime):
        raise _unfit(field, value, "text or a number")
    if isinstance(value, str):
        _check_text(field, value)
    if operator == "like":
        return column.like(_pattern(str(value)), escape="\\")
    if isinstance(value, str):
        return _COMPARE[operator](column, value)
    return _as_number(_COMPARE[operator], _number(column), _float(value))


def _as_number(compare: _Comparing, column: "ColumnElement[Any]", value: float) -> "ColumnElement[bool]":
    from sqlalchemy import false, true

    if math.isnan(value):
        # IEEE 754 and Python: NaN equals nothing. In PostgreSQL, NaN equals itself and is the largest number.
        return column.is_not(None) & (true() if compare is operator.ne else false())
    return compare(column, value)


def _number(text: "ColumnElement[Any]") -> "ColumnElement[Any]":
    from sqlalchemy import Double, Numeric, case, cast, func, literal

    # Only CASE prevents PostgreSQL from casting text that is not a number. Numbers out of the range of floats become
    # infinity or zero, as in Python: PostgreSQL would raise an error, and the whole search would fail.
    exact, lowered = cast(text, Numeric), func.lower(text)
    infinity, minus_infinity = (cast(literal(name), Double) for name in ("Infinity", "-Infinity"))
    return case(
        (lowered.regexp_match(_INFINITY), infinity),
        (lowered.regexp_match(_MINUS_INFINITY), minus_infinity),
        (
            text.regexp_match(_NUMBER),
            case(
                (exact > Decimal(LARGEST), infinity),
                (exact < -Decimal(LARGEST), minus_infinity),
                (func.abs(exact) < _SMALLEST, cast(literal(0), Double)),
                else_=cast(exact, Double),
            ),
        ),
        else_=None,
    )


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer out of the range of floats
        return math.inf if value > 0 else -math.inf


def _stored(value: float) -> float:
    """Return the value as MLflow stores it in `latest_metrics`."""
    return math.copysign(LARGEST, value) if math.isinf(value) else value


def _check_text(field: Field, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        pass
    else:
        if "\0" not in text:
            return
    raise _unfit(field, text, "text without NUL characters and lone surrogates; runs cannot contain them")


def _exactly(field: Field, operator: Operator) -> _Comparing:
    if operator == "like":
        raise ComparisonError(
            f"{field} was compared with a pattern", remedy="compare numbers and times by == != < <= > >="
        )
    return _COMPARE[operator]


def _milliseconds(field: Field, value: Value) -> int:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise _unfit(field, value, "a time such as 2026-01-31 or 2026-01-31T12:00:00+01:00") from error
    if not isinstance(value, datetime):
        raise _unfit(field, value, "a datetime or its text in ISO 8601")
    return int((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp() * 1000)


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")


def _unfit(field: Field, value: Value, wanted: str) -> ComparisonError:
    return ComparisonError(f"{field} was compared with {value!r}", remedy=f"compare it with {wanted}")
