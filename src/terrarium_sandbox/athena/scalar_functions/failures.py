"""Functions that always fail, for branches of a CASE that are errors."""

from typing import NoReturn

from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction, fail

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"


def _index(index: int, length: int) -> NoReturn:
    if index == 0:
        fail(_ARGUMENT, "SQL array indices start at 1")
    if index < 0:
        fail(_ARGUMENT, f"Array subscript is negative: {index}")
    fail(_ARGUMENT, f"Array subscript must be less than or equal to array length: {index} > {length}")


def _key(key: str) -> NoReturn:
    fail(_ARGUMENT, f"Key not present in map: {key}")


FUNCTIONS = {
    "fail": ScalarFunction(fail, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "fail_index": ScalarFunction(_index, ("BIGINT", "BIGINT"), "BIGINT"),
    "fail_integer": ScalarFunction(fail, ("VARCHAR", "VARCHAR"), "BIGINT"),
    "fail_key": ScalarFunction(_key, ("VARCHAR",), "VARCHAR"),
}
