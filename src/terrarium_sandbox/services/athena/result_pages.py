"""GetQueryResults: pages of a result, read from its object in S3."""

import re
from collections.abc import Iterator
from typing import Any

from moto.s3.models import s3_backends

from terrarium_sandbox.athena.task import Column
from terrarium_sandbox.authorization.resource_policies import bucket_owner
from terrarium_sandbox.services.athena.exceptions import InvalidRequestError
from terrarium_sandbox.services.athena.query import Query

__all__ = ["manifest_page", "result_page"]

# A value in quotes, which are doubled within it; or nothing, which is null.
_VALUE = re.compile(r'"((?:[^"]|"")*)"|(?=[,\n]|\Z)')
_MOST_ROWS = 1000


def result_page(query: Query, *, token: str | None, rows: int) -> dict[str, Any]:
    """Return one page of rows.

    Args:
        query: A query that has succeeded.
        token: The token of the previous page; None for the first page.
        rows: The maximum number of rows.

    Raises:
        InvalidRequestError: The token is not valid, or the result was deleted.
    """
    if not 1 <= rows <= _MOST_ROWS:
        raise InvalidRequestError(f"MaxResults is more than maximum allowed length {_MOST_ROWS}.")
    columns = [_column(column) for column in query.columns]
    if query.update_count is not None:
        # A statement that writes has no rows, and no object at its result location.
        return {
            "ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": columns}},
            "UpdateCount": query.update_count,
        }
    return _page(query.result_configuration["OutputLocation"], columns, token=token, rows=rows)


def manifest_page(query: Query, *, token: str | None, rows: int) -> dict[str, Any]:
    """Return one page of a query's data manifest: the files that it wrote, one for each row.

    Raises:
        InvalidRequestError: The statement has no manifest. "Only the query types CREATE TABLE AS SELECT, UNLOAD,
            and INSERT can generate a manifest file. If you use DATA_MANIFEST for other query types, the query
            will fail" (Athena API, GetQueryResults, QueryResultType).
    """
    if query.manifest is None:
        raise InvalidRequestError(f"Query {query.id} has no data manifest.")
    column = _column(Column(name="manifest_file", type="varchar"))
    return _page(query.manifest, [column], token=token, rows=rows)


def _page(location: str, columns: list[dict[str, Any]], *, token: str | None, rows: int) -> dict[str, Any]:
    text = _content(location)
    start = _start(token, len(text))
    shown: dict[str, Any] = {"ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": columns}}}
    quoted = location.endswith(".csv") and not location.endswith("-manifest.csv")
    for values, end in _csv_rows(text, start) if quoted else _lines(text, start):
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
                raise InvalidRequestError("The result is not in the form that Athena wrote")
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
