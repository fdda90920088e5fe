"""Execution of one query in Athena: start, wait, and cancel if the caller stops waiting."""

import re
import time
from collections.abc import Sequence
from typing import Any

from terrarium.aws import Session, translate_errors
from terrarium.manifest import FeatureStore
from terrarium.warehouse.errors import (
    QueryCancelledError,
    QueryFailedError,
    QueryParameterError,
    QueryTimeoutError,
    ScanLimitExceededError,
)
from terrarium.warehouse.sql_literals import sql_literal

__all__ = ["execute"]

_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 1.0
# Athena API model (botocore), ExecutionParameter: max.
_LONGEST_PARAMETER = 1024  # characters
_PLACE = re.compile(r"\bline (\d+):(\d+)")


def execute(
    sql: str,
    *,
    parameters: Sequence[object],
    timeout_seconds: float | None,
    features: FeatureStore,
    session: Session,
) -> dict[str, Any]:
    """Run a query, and wait until it has ended.

    Returns:
        Athena's description of the successful execution.
    """
    athena = session.client("athena")
    literals = [_literal(place, value) for place, value in enumerate(parameters, start=1)]
    with translate_errors("query the warehouse"):
        query_id = _start(athena, sql, literals, features)
        try:
            execution = _wait(athena, query_id, timeout_seconds)
        except BaseException:  # KeyboardInterrupt, too: a running query causes cost
            athena.stop_query_execution(QueryExecutionId=query_id)
            raise
    status = execution["Status"]
    if status["State"] == "SUCCEEDED":
        return execution
    reason = status.get("StateChangeReason", "no reason given")
    if "Bytes scanned limit" in reason:
        raise ScanLimitExceededError(
            f"the query would read more than workgroup {features.workgroup} allows: {reason}",
            remedy="select only the columns you need, filter by the table's partitions, or ask for a higher "
            "`features.query_scan_limit_gib` in the environment's file",
        )
    if status["State"] == "CANCELLED":
        raise QueryCancelledError(
            f"query {query_id} was cancelled: {reason}", remedy="run it again, or ask who cancelled it"
        )
    raise _failed(sql, reason)


def _literal(place: int, value: object) -> str:
    literal = sql_literal(value)
    if len(literal) > _LONGEST_PARAMETER:
        raise QueryParameterError(
            f"parameter {place} of the query has {len(literal):,} characters as an SQL literal; "
            f"Athena accepts {_LONGEST_PARAMETER:,}",
            remedy="write the values to a dataset and join it, or put a literal into the statement itself "
            "(262,144 bytes)",
        )
    return literal


def _start(athena: Any, sql: str, literals: list[str], features: FeatureStore) -> str:
    given = {"ExecutionParameters": literals} if literals else {}
    try:
        started = athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Catalog": "AwsDataCatalog", "Database": features.catalog_database},
            WorkGroup=features.workgroup,
            **given,
        )
    except athena.exceptions.InvalidRequestException as error:
        raise _failed(sql, error.response["Error"]["Message"]) from error
    return str(started["QueryExecutionId"])


def _wait(athena: Any, query_id: str, timeout_seconds: float | None) -> dict[str, Any]:
    began, pause = time.monotonic(), _FIRST_PAUSE_SECONDS
    while True:
        execution: dict[str, Any] = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        if execution["Status"]["State"] not in {"QUEUED", "RUNNING"}:
            return execution
        if timeout_seconds is not None and time.monotonic() - began > timeout_seconds:
            raise QueryTimeoutError(
                f"query {query_id} was not finished after {timeout_seconds:g} seconds, and was cancelled",
                remedy="give it more time (timeout=...), or let it read less data",
            )
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


def _failed(sql: str, reason: str) -> QueryFailedError:
    return QueryFailedError(
        f"the query failed: {reason}{_excerpt(sql, reason)}",
        remedy="correct the query; the catalog has all names: `lab.warehouse.catalog`, or SHOW TABLES",
    )


def _excerpt(sql: str, reason: str) -> str:
    """Return the line of the query that the reason names, with a mark at the position."""
    match = _PLACE.search(reason)
    lines = sql.splitlines()
    if match is None or int(match[1]) > len(lines):
        return ""
    return f"\n  {lines[int(match[1]) - 1]}\n  {' ' * (int(match[2]) - 1)}^"
