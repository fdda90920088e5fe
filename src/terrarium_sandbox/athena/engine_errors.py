"""Translation of DuckDB's errors into Trino's error codes and messages."""

import re

from terrarium_sandbox.athena.task import QueryFailure

__all__ = ["engine_failure"]

# A pattern of DuckDB's message -> Trino's code and message. The first match counts.
_EXPLANATIONS: tuple[tuple[str, str, str], ...] = (
    (r'Referenced column "([^"]+)" (?:was )?not found', "COLUMN_NOT_FOUND", "Column '{0}' cannot be resolved"),
    (r'does not have a column named "([^"]+)"', "COLUMN_NOT_FOUND", "Column '{0}' cannot be resolved"),
    (r'Referenced table "([^"]+)" not found', "COLUMN_NOT_FOUND", "Column '{0}' cannot be resolved"),
    (r'Ambiguous reference to column name "([^"]+)"', "AMBIGUOUS_NAME", "Column '{0}' is ambiguous"),
    (r"Function with name (\S+) does not exist", "FUNCTION_NOT_FOUND", "Function '{0}' not registered"),
    (r"executing the UDF: OverflowError: (.*)", "NUMERIC_VALUE_OUT_OF_RANGE", "{0}"),
    (r"executing the UDF: \w+: (.*)", "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"Division by zero", "DIVISION_BY_ZERO", "Division by zero"),
    (r"Could not convert string '([^']*)' to (\w+)", "INVALID_CAST_ARGUMENT", "Cannot cast '{0}' to {1}"),
    (r"Type INT128 with value (-?\d+)", "NUMERIC_VALUE_OUT_OF_RANGE", "bigint overflow: {0}"),
    (r"Conversion Error: (.*)", "INVALID_CAST_ARGUMENT", "{0}"),
    (r"Out of Range Error: (.*)", "NUMERIC_VALUE_OUT_OF_RANGE", "{0}"),
    (r"must appear in the GROUP BY clause", "EXPRESSION_NOT_AGGREGATE", "{message}"),
    (r"More than one row returned by a subquery", "SUBQUERY_MULTIPLE_ROWS",
     "Scalar sub-query has returned multiple rows"),
    (r"Map keys must be unique", "INVALID_FUNCTION_ARGUMENT", "Duplicate map keys are not allowed"),
    (r"Map keys can not be NULL", "INVALID_FUNCTION_ARGUMENT", "map key cannot be null"),
    (r"map key list does not align", "INVALID_FUNCTION_ARGUMENT", "Key and value arrays must be the same length"),
    (r'Could not parse string "([^"]*)"', "INVALID_FUNCTION_ARGUMENT", 'Invalid format: "{0}" is malformed'),
    (r"No function matches|Cannot mix values|Cannot compare", "TYPE_MISMATCH", "{message}"),
    (r"Out of Memory|could not allocate", "EXCEEDED_LOCAL_MEMORY_LIMIT",
     "Query exhausted resources at this scale factor: {message}"),
    (r"Permission Error", "PERMISSION_DENIED", "{message}"),
)  # fmt: skip


_RAISED = re.compile(r"TRINO\[(\w+)\](.*)", re.DOTALL)  # raised by a Python function


def engine_failure(error: Exception) -> QueryFailure:
    """Return the query failure for an error of the engine."""
    raised = _RAISED.search(str(error))
    if raised:
        return QueryFailure(raised[1], raised[2].strip())
    message = _of_trino(re.split(r"\n\s*\n?LINE \d+:", str(error))[0].strip())
    for pattern, code, words in _EXPLANATIONS:
        match = re.search(pattern, message)
        if match:
            return QueryFailure(code, words.format(*match.groups(), message=message))
    return QueryFailure("GENERIC_USER_ERROR", message)


def _of_trino(message: str) -> str:
    for ours, theirs in (
        ("INT64", "bigint"),
        ("INT32", "integer"),
        ("INT16", "smallint"),
        ("INT8", "tinyint"),
    ):
        message = message.replace(ours, theirs)
    return message
