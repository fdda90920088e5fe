"""Translation of `+`, `-`, `/`, `%` and `||` by the types of their operands."""

from sqlglot import exp

from terrarium_sandbox.athena.translation.call import Argument
from terrarium_sandbox.athena.translation.engine_types import (
    arguments,
    element,
    is_decimal,
    is_float,
    is_integer,
    is_list,
)

__all__ = ["added", "concatenated", "divided", "remainder"]

_MOST_DIGITS = 38
_INTEGER_DIGITS = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 38}
_ZERO = "trino_fail_integer('DIVISION_BY_ZERO', 'Division by zero')"


def added(left: Argument, operator: str, right: Argument) -> str:
    """Return a sum or difference. A date and an interval give a date, two dates an interval of days."""
    numbers = any(isinstance(side.node, exp.Literal) and not side.node.is_string for side in (left, right))
    kinds = ("", "") if numbers else (left.type, right.type)
    plain = f"{left} {operator} {right}"
    if kinds in {("DATE", "INTERVAL"), ("INTERVAL", "DATE")}:
        return f"CAST({plain} AS DATE)"
    if kinds == ("DATE", "DATE") and operator == "-":
        return f"to_days(CAST({plain} AS INTEGER))"
    return plain


def divided(left: Argument, right: Argument) -> str:
    """Return a quotient. Integers are truncated, decimals keep the larger scale, floats may become infinite.

    Source of the type of a decimal quotient: Trino documentation, "Decimal functions and operators".
    """
    kinds = left.type, right.type
    if all(map(is_integer, kinds)):
        return f"{left} // {right}"
    if any(map(is_float, kinds)) or not all(kinds):
        return f"CAST({left} AS DOUBLE) / CAST({right} AS DOUBLE)" if all(kinds) else f"{left} / {right}"
    if not any(map(is_decimal, kinds)):
        return f"{left} / {right}"
    (precision, scale), (_, other_scale) = map(_digits, kinds)
    most = min(_MOST_DIGITS, precision + other_scale + max(other_scale - scale, 0))
    largest = max(scale, other_scale)
    quotient = f"CAST({left} AS DOUBLE) / CASE WHEN {right} = 0 THEN {_ZERO} ELSE CAST({right} AS DOUBLE) END"
    return f"CAST(round({quotient}, {largest}) AS DECIMAL({most}, {largest}))"


def remainder(left: Argument, right: Argument) -> str:
    """Return `left % right`. For decimals, too, division by zero is an error."""
    kinds = left.type, right.type
    if any(map(is_decimal, kinds)) and not any(map(is_float, kinds)):
        return f"{left} % CASE WHEN {right} = 0 THEN {_ZERO} ELSE {right} END"
    return f"{left} % {right}"


def concatenated(left: Argument, right: Argument) -> str:
    """Return the concatenation of texts, bytes, arrays, or an array and an element. NULL gives NULL."""
    if left.node.is_string or right.node.is_string:
        return f"{left} || {right}"
    kinds = left.type, right.type
    if not any(map(is_list, kinds)):
        return f"{left} || {right}"
    if all(map(is_list, kinds)):
        if len(kinds[0]) != len(kinds[1]) and element(kinds[0]) == kinds[1]:
            joined = f"list_concat({left}, [{right}])"
        elif len(kinds[0]) != len(kinds[1]) and element(kinds[1]) == kinds[0]:
            joined = f"list_concat([{left}], {right})"
        else:
            joined = f"list_concat({left}, {right})"
    elif is_list(kinds[0]):
        joined = f"list_concat({left}, [{right}])"
    else:
        joined = f"list_concat([{left}], {right})"
    arrays = [side for side, kind in zip((left, right), kinds, strict=True) if is_list(kind)]
    nulls = " OR ".join(f"{array} IS NULL" for array in arrays)
    return f"CASE WHEN {nulls} THEN NULL ELSE {joined} END"


def _digits(kind: str) -> tuple[int, int]:
    if is_decimal(kind):
        precision, scale = arguments(kind)
        return int(precision), int(scale)
    return _INTEGER_DIGITS.get(kind, _MOST_DIGITS), 0
