"""One value of a run, compared as its kind is."""

import operator
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from terrarium.search.condition import Field, Kind, Operator, Value
from terrarium.search.errors import ComparisonError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

__all__ = ["compared"]

_TIMES = ("started", "ended")
_NUMBER = r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?\s*$"
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
        return _exactly(field, operator)(column, float(value))
    if isinstance(value, datetime):
        raise _unfit(field, value, "text or a number")
    if operator == "like":
        return column.like(_pattern(str(value)), escape="\\")
    if isinstance(value, str):
        return _COMPARE[operator](column, value)
    return _COMPARE[operator](_number(column), float(value))


def _number(text: "ColumnElement[Any]") -> "ColumnElement[Any]":
    from sqlalchemy import Double, case, cast

    # CASE alone keeps PostgreSQL from reading as a number what is none.
    return case((text.regexp_match(_NUMBER), cast(text, Double)), else_=None)


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
