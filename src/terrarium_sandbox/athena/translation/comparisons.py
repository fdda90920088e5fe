"""Translation of comparisons with Trino's NaN: NaN equals nothing, and is neither less nor greater than any value.

In DuckDB, NaN equals itself and is greater than any other number (DuckDB documentation, "Numeric types"). The first
condition of each comparison is DuckDB's own comparison, so that joins remain hash joins.
"""

from terrarium_sandbox.athena.translation.call import Argument
from terrarium_sandbox.athena.translation.engine_types import element, has_float, is_float, is_list
from terrarium_sandbox.athena.translation.literal_types import literal_type

__all__ = ["compared", "is_in", "is_not_a_number", "may_be_float"]

_NEVER_FLOAT = frozenset(
    {"VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "BOOLEAN", "BLOB", "TIME"}
)


def is_not_a_number(text: str, kind: str) -> str:
    """Return the condition that a value is NaN or an array contains NaN; empty if that is impossible."""
    if is_float(kind):
        return f"isnan({text})"
    if is_list(kind) and is_float(element(kind)):
        return f"list_contains({text}, CAST('nan' AS {element(kind)}))"
    return ""


def may_be_float(*operands: Argument) -> bool:
    """Return whether the operands can be floats: False if one has another type, as only like types are compared."""
    return not any(literal_type(operand.node) in _NEVER_FLOAT for operand in operands)


def compared(left: Argument, operator: str, right: Argument) -> str:
    """Return `left operator right`."""
    kinds = (left.type, right.type) if may_be_float(left, right) else ("", "")
    plain = f"{left} {operator} {right}"
    if not any(map(has_float, kinds)):
        return plain
    nan_left, nan_right = is_not_a_number(str(left), kinds[0]), is_not_a_number(str(right), kinds[1])
    if operator == "<>":
        return f"({plain} OR ({nan_left} AND ({right} IS NOT NULL OR NULL)))" if nan_left else plain
    # NaN is on the side that DuckDB considers greater or equal.
    nan, other = (nan_right, left) if operator in {"<", "<="} else (nan_left, right)
    return f"({plain} AND {_is_number(nan, other)})" if nan else plain


def is_in(value: Argument, items: list[Argument]) -> str:
    """Return `value IN (items)`."""
    kind = value.type if may_be_float(value, *items) else ""
    plain = f"{value} IN ({', '.join(map(str, items))})"
    nan = is_not_a_number(str(value), kind)
    if not nan:
        return plain
    nulls = " OR ".join(f"{item} IS NULL" for item in items)
    return f"({plain} AND CASE WHEN {nan} THEN ({nulls}) AND NULL ELSE TRUE END)"


def _is_number(nan: str, other: Argument) -> str:
    """Return the condition that excludes NaN. NaN compared with NULL is NULL, with other values false."""
    return f"CASE WHEN {nan} THEN {other} IS NULL AND NULL ELSE TRUE END"
