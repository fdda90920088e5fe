"""Position of an unresolved name in a query, for error messages."""

import re

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token

from terrarium_sandbox.athena.task import QueryFailure

__all__ = ["with_position"]

_FOUND_BY_NAME = frozenset({"AMBIGUOUS_NAME", "COLUMN_NOT_FOUND", "FUNCTION_NOT_FOUND", "TABLE_NOT_FOUND"})
_NAME = re.compile(r"'([^']+)'")


def with_position(failure: QueryFailure, sql: str) -> QueryFailure:
    """Return the failure with the position of the first name in its message: `line 1:8: ...`."""
    match = _NAME.search(failure.message) if failure.code in _FOUND_BY_NAME else None
    token = _token(sql, match[1].rpartition(".")[2]) if match else None
    if token is None:
        return failure
    column = token.start - sql.rfind("\n", 0, token.start)
    return QueryFailure(
        failure.code,
        f"line {token.line}:{column}: {failure.message}",
        cancelled=failure.cancelled,
        bytes_scanned=failure.bytes_scanned,
    )


def _token(sql: str, name: str) -> Token | None:
    try:
        tokens = sqlglot.tokenize(sql, read="athena")
    except SqlglotError:
        return None
    return next((token for token in tokens if token.text.lower() == name.lower()), None)
