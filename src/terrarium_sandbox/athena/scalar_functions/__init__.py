"""Python implementations of Trino functions without an equivalent in DuckDB, by the name that the translation calls.

Only `terrarium_sandbox.athena` imports it.
"""

from collections.abc import Mapping

from terrarium_sandbox.athena.scalar_functions import (
    binary,
    dates,
    failures,
    formatting,
    hashes,
    json_functions,
    numbers,
    regular_expressions,
    text,
    urls,
)
from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction

__all__ = ["SCALAR_FUNCTIONS"]

SCALAR_FUNCTIONS: Mapping[str, ScalarFunction] = {
    f"trino_{name}": function
    for family in (
        binary,
        dates,
        failures,
        formatting,
        hashes,
        json_functions,
        numbers,
        regular_expressions,
        text,
        urls,
    )
    for name, function in family.FUNCTIONS.items()
}
