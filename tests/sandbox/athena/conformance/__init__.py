"""Expressions and the values that Trino's documentation gives for them, by family of functions.

Each module has `SOURCE`, the pages of Trino's documentation (functions/*.html) that its facts are of, `CASES` with
the value that Athena shows (NULL is None), and `FAILURES` with the code of the error.
"""

from tests.sandbox.athena.conformance import (
    aggregates,
    arrays,
    binary,
    casts,
    comparisons,
    dates,
    json_functions,
    json_paths,
    maps,
    numbers,
    regular_expressions,
    text,
    unnesting,
    urls,
)

__all__ = ["FAMILIES"]

FAMILIES = (
    aggregates,
    arrays,
    binary,
    casts,
    comparisons,
    dates,
    json_functions,
    json_paths,
    maps,
    numbers,
    regular_expressions,
    text,
    unnesting,
    urls,
)
