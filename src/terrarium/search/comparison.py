"""One value of a run, compared as its kind is."""

import math
import operator
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from terrarium.record.number import LARGEST
from terrarium.search.condition import Field, Kind, Operator, Value
from terrarium.search.errors import ComparisonError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

__all__ = ["compared"]

_TIMES = ("started", "ended")
# PostgreSQL's `numeric` holds 131,072 digits before the point and 16,383 behind it: whatever fits into a param's 8,000
# characters with an exponent of three digits.
_NUMBER = r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$"
_INFINITY = r"^\s*\+?inf(inity)?\s*$"  # as Python writes and reads it; in lower case
_MINUS_INFINITY = r"^\s*-inf(inity)?\s*$"
_SMALLEST = Decimal(
    "5e-324"
)  # the smallest float above zero; PostgreSQL raises an error for what would become zero
_Comparing: TypeAlias = "Callable[[ColumnElement[Any], str | float], ColumnElement[bool]]"
_COMPARE: dict[Operator, _Comparing] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compared(
    field: Field, column: "ColumnElement[Any]", operator: Operator, value: Value
) -> "ColumnElement[bool]":
    """Whether `column`, which holds the field's values, compares so to `value`; NULL where it holds none.

    Raises:
        ComparisonError: A field of this kind cannot be compared to this.
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
        # As IEEE 754 and Python have it; for PostgreSQL NaN equals itself and is the largest number.
        return column.is_not(None) & (true() if compare is operator.ne else false())
    return compare(column, value)


def _number(text: "ColumnElement[Any]") -> "ColumnElement[Any]":
    from sqlalchemy import Double, Numeric, case, cast, func, literal

    # CASE alone keeps PostgreSQL from reading as a number what is none. A text beyond the floats is read as Python
    # reads it, as infinity or zero: PostgreSQL would raise an error, and nobody would find anything.
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
    except OverflowError:  # an integer beyond the floats
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
    raise _unfit(field, text, "text without the character NUL and lone surrogates, which no run has")


def _exactly(field: Field, operator: Operator) -> _Comparing:
    if operator == "like":
        raise ComparisonError(
            f"{field} was compared to a pattern", remedy="compare numbers and times by == != < <= > >="
        )
    return _COMPARE[operator]


def _milliseconds(field: Field, value: Value) -> int:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise _unfit(field, value, "a time such as 2026-01-31 or 2026-01-31T12:00:00+01:00") from error
    if not isinstance(value, datetime):
        raise _unfit(field, value, "a datetime, or its text")
    return int((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp() * 1000)


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")


def _unfit(field: Field, value: Value, wanted: str) -> ComparisonError:
    return ComparisonError(f"{field} was compared to {value!r}", remedy=f"compare it to {wanted}")
