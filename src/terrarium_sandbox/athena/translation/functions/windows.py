"""Translations of window functions (Trino documentation, "Window functions")."""

from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.call import Call, Function, function

__all__ = ["FUNCTIONS"]


def _window(fewest: int, most: int) -> Function:
    def build(call: Call) -> str:
        if not call.over:
            raise QueryFailure("MISSING_OVER", f"Window function {call.name} requires an OVER clause")
        return call.aggregate(f"{call.name}({call.argument_list()}{call.nulls})")

    return function(build, fewest, most, aggregate=True)


FUNCTIONS = {
    "cume_dist": _window(0, 0),
    "dense_rank": _window(0, 0),
    "first_value": _window(1, 1),
    "lag": _window(1, 3),
    "last_value": _window(1, 1),
    "lead": _window(1, 3),
    "nth_value": _window(2, 2),
    "ntile": _window(1, 1),
    "percent_rank": _window(0, 0),
    "rank": _window(0, 0),
    "row_number": _window(0, 0),
}
