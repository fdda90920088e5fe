"""Translations of conditional functions.

Source: Trino documentation, "Conditional expressions" and "Comparison functions and operators".
"""

from sqlglot import exp

from terrarium_sandbox.athena.translation.call import Call, function
from terrarium_sandbox.athena.translation.comparisons import may_be_float
from terrarium_sandbox.athena.translation.engine_types import is_float

__all__ = ["FUNCTIONS"]


def _nullif(call: Call) -> str:
    left, right = call.arguments
    equal = call.translation.sql(exp.EQ(this=left.node.copy(), expression=right.node.copy()))
    return f"CASE WHEN {equal} THEN NULL ELSE {left} END"


def _extreme(call: Call) -> str:
    """Return greatest or least: NULL if a value is NULL; NaN only if all values are NaN."""
    kinds = [argument.type for argument in call.arguments] if may_be_float(*call.arguments) else []
    plain = f"{call.name}({call.argument_list()})"
    nulls = " OR ".join(f"{argument} IS NULL" for argument in call.arguments)
    if call.name == "greatest" and any(map(is_float, kinds)):
        nan = "CAST('nan' AS DOUBLE)"
        numbers = ", ".join(
            f"nullif(CAST({argument} AS DOUBLE), {nan})" if is_float(kind) else str(argument)
            for argument, kind in zip(call.arguments, kinds, strict=True)
        )
        plain = f"coalesce(greatest({numbers}), {plain})"
    return f"CASE WHEN {nulls} THEN NULL ELSE {plain} END"


FUNCTIONS = {
    "coalesce": function(lambda call: f"coalesce({call.argument_list()})", 2, None),
    "greatest": function(_extreme, 1, None),
    "if": function(
        lambda call: f"CASE WHEN {call[0]} THEN {call[1]}{f' ELSE {call[2]}' if len(call) > 2 else ''} END",
        2,
        3,
    ),
    "least": function(_extreme, 1, None),
    "nullif": function(_nullif, 2),
    "try": function(lambda call: f"TRY({call[0]})", 1),
}
