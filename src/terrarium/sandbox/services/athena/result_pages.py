"""GetQueryResults: pages of a result, read out of the object that holds it."""

import re
from collections.abc import Iterator
from typing import Any

from moto.s3.models import s3_backends

from terrarium.sandbox.athena.task import Column
from terrarium.sandbox.authorization.resource_policies import bucket_owner
from terrarium.sandbox.services.athena.exceptions import InvalidRequestError
from terrarium.sandbox.services.athena.query import Query

__all__ = ["result_page"]

# A value between quotes, which double within it; or nothing at all, which is null.
_VALUE = re.compile(r'"((?:[^"]|"")*)"|(?=[,\n]|\Z)')
_MOST_ROWS = 1000


def result_page(query: Query, *, token: str | None, rows: int) -> dict[str, Any]:
    """One page, from where the last one ended.

    Args:
        query: It has succeeded.
        token: Of the page before; None for the first.
        rows: The most of them.

    Raises:
        InvalidRequestError: The token is not one of ours, or the result is gone.
    """
    if not 1 <= rows <= _MOST_ROWS:
        raise InvalidRequestError(f"MaxResults is more than maximum allowed length {_MOST_ROWS}.")
    shown: dict[str, Any] = {
        "ResultSet": {
            "Rows": [],
            "ResultSetMetadata": {"ColumnInfo": [_column(column) for column in query.columns]},
        }
    }
    if query.update_count is not None:
        shown["UpdateCount"] = query.update_count
    location = query.result_configuration["OutputLocation"]
    if not location.endswith((".csv", ".txt")):
        return shown
    text = _content(location)
    start = _start(token, len(text))
    read = _csv_rows(text, start) if location.endswith(".csv") else _lines(text, start)
    for values, end in read:
        shown["ResultSet"]["Rows"].append(
            {"Data": [{} if value is None else {"VarCharValue": value} for value in values]}
        )
        if len(shown["ResultSet"]["Rows"]) == rows:
            if end < len(text):
                shown["NextToken"] = str(end)
            break
    return shown


def _start(token: str | None, length: int) -> int:
    if token is None:
        return 0
    if not token.isdecimal() or int(token) >= length:
        raise InvalidRequestError("Malformed NextToken")
    return int(token)


def _content(location: str) -> str:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    owner = bucket_owner(bucket)
    stored = s3_backends[owner]["aws"].get_object(bucket, key) if owner else None
    if stored is None:
        raise InvalidRequestError(f"Could not find results at {location}")
    return str(stored.value.decode())


def _csv_rows(text: str, position: int) -> Iterator[tuple[list[str | None], int]]:
    while position < len(text):
        values: list[str | None] = []
        while True:
            match = _VALUE.match(text, position)
            if match is None:
                raise InvalidRequestError("The result is not as Athena wrote it")
            values.append(None if match[1] is None else match[1].replace('""', '"'))
            position = match.end() + 1
            if text[match.end() : position] != ",":
                break
        yield values, position


def _lines(text: str, position: int) -> Iterator[tuple[list[str | None], int]]:
    while position < len(text):
        end = text.index("\n", position)
        yield [text[position:end]], end + 1
        position = end + 1


def _column(column: Column) -> dict[str, Any]:
    return {
        "CatalogName": "hive",
        "SchemaName": column.schema,
        "TableName": column.table,
        "Name": column.name,
        "Label": column.name,
        "Type": column.type,
        "Precision": column.precision,
        "Scale": column.scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": column.type == "varchar",
    }
