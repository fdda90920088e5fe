"""Translations of Trino's functions, by name.

A name that is neither here nor in `UNAVAILABLE` is not a function of Athena.

Only `terrarium_sandbox.athena` imports it.
"""

from collections.abc import Mapping

from terrarium_sandbox.athena.translation.call import Function
from terrarium_sandbox.athena.translation.functions import (
    aggregates,
    arrays,
    binary,
    conditional,
    dates,
    json,
    maps,
    numbers,
    regular_expressions,
    text,
    urls,
    windows,
)
from terrarium_sandbox.athena.translation.functions.unavailable import UNAVAILABLE

__all__ = ["FUNCTIONS", "UNAVAILABLE"]

FUNCTIONS: Mapping[str, Function] = {
    name: implementation
    for family in (
        aggregates,
        arrays,
        binary,
        conditional,
        dates,
        json,
        maps,
        numbers,
        regular_expressions,
        text,
        urls,
        windows,
    )
    for name, implementation in family.FUNCTIONS.items()
}
