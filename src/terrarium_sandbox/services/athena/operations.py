"""Operations of Athena's API on queries, which replace moto's."""

import json
from typing import Any

from moto.athena.models import AthenaBackend
from moto.athena.responses import AthenaResponse

from terrarium_sandbox.locks import ServiceLocks
from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.athena.callers import find_caller
from terrarium_sandbox.services.athena.exceptions import InvalidRequestError
from terrarium_sandbox.services.athena.queries import Queries
from terrarium_sandbox.services.athena.query import FINAL_STATES, Query
from terrarium_sandbox.services.athena.result_pages import manifest_page, result_page
from terrarium_sandbox.services.athena.submission import submitted_query, task_of

__all__ = ["install_operations"]

_PAGE = 50


def install_operations(queries: Queries, locks: ServiceLocks) -> None:
    """Answer the operations from `queries`."""

    def start_query_execution(self: AthenaResponse) -> str:
        backend, request = self.athena_backend, _request(self)
        repeated = _repeated(backend, request)
        if repeated is not None:
            return json.dumps({"QueryExecutionId": repeated.id})
        query = submitted_query(backend, request)
        with locks.holding_policies():
            caller = find_caller(self.get_access_key())
        task = task_of(backend, query, caller)
        backend.executions[query.id] = query  # type: ignore[assignment] # instead of moto's class
        queries.submit(query, task)
        return json.dumps({"QueryExecutionId": query.id})

    def stop_query_execution(self: AthenaResponse) -> str:
        queries.cancel(_query(self.athena_backend, _request(self)["QueryExecutionId"]))
        return "{}"

    for operation in (
        start_query_execution,
        stop_query_execution,
        get_query_execution,
        get_query_results,
        batch_get_query_execution,
        list_query_executions,
        get_query_runtime_statistics,
    ):
        patch(
            AthenaResponse,
            operation.__name__,
            operation,
            reason="moto runs no queries.",
            adds=not hasattr(AthenaResponse, operation.__name__),
        )


def get_query_execution(self: AthenaResponse) -> str:
    """Return the state of a query."""
    query = _query(self.athena_backend, _request(self)["QueryExecutionId"])
    return json.dumps({"QueryExecution": query.as_dict()})


def batch_get_query_execution(self: AthenaResponse) -> str:
    """Return the states of several queries, and the ids of those that do not exist."""
    executions = self.athena_backend.executions
    ids = _request(self)["QueryExecutionIds"]
    unknown = [
        {"QueryExecutionId": one, "ErrorCode": "INVALID_INPUT", "ErrorMessage": _not_found(one)}
        for one in ids
        if one not in executions
    ]
    found = [_query(self.athena_backend, one).as_dict() for one in ids if one in executions]
    return json.dumps({"QueryExecutions": found, "UnprocessedQueryExecutionIds": unknown})


def get_query_results(self: AthenaResponse) -> str:
    """Return a page of rows."""
    request = _request(self)
    query = _query(self.athena_backend, request["QueryExecutionId"])
    if query.state not in FINAL_STATES:
        raise InvalidRequestError(f"Query has not yet finished. Current state: {query.state}")
    if query.state != "SUCCEEDED":
        raise InvalidRequestError(f"Query did not finish successfully. Final query state: {query.state}")
    page = manifest_page if request.get("QueryResultType") == "DATA_MANIFEST" else result_page
    return json.dumps(page(query, token=request.get("NextToken"), rows=request.get("MaxResults", 1000)))


def list_query_executions(self: AthenaResponse) -> str:
    """Return the ids of the queries of a workgroup, the latest first."""
    request = _request(self)
    workgroup = request.get("WorkGroup") or "primary"
    if workgroup not in self.athena_backend.work_groups:
        raise InvalidRequestError(f"WorkGroup {workgroup} is not found.")
    ids = [
        one
        for one, query in reversed(self.athena_backend.executions.items())
        if query.workgroup is not None and query.workgroup.name == workgroup
    ]
    start, size = int(request.get("NextToken") or 0), request.get("MaxResults") or _PAGE
    answer: dict[str, Any] = {"QueryExecutionIds": ids[start : start + size]}
    if start + size < len(ids):
        answer["NextToken"] = str(start + size)
    return json.dumps(answer)


def get_query_runtime_statistics(self: AthenaResponse) -> str:
    """Return times and bytes; queries of the sandbox have no stages."""
    query = _query(self.athena_backend, _request(self)["QueryExecutionId"])
    times = {name: value for name, value in query.statistics().items() if name.endswith("InMillis")}
    return json.dumps(
        {"QueryRuntimeStatistics": {"Timeline": times, "Rows": {"InputBytes": query.bytes_scanned}}}
    )


def _request(response: AthenaResponse) -> dict[str, Any]:
    request: dict[str, Any] = json.loads(response.body)
    return request


def _query(backend: AthenaBackend, query_id: str) -> Query:
    query = backend.executions.get(query_id)
    if not isinstance(query, Query):
        raise InvalidRequestError(_not_found(query_id))
    return query


def _not_found(query_id: str) -> str:
    return f"QueryExecution {query_id} was not found"


def _repeated(backend: AthenaBackend, request: dict[str, Any]) -> Query | None:
    """Return the query that an earlier request with the same token started."""
    token = request.get("ClientRequestToken")
    for query in backend.executions.values():
        if token is not None and isinstance(query, Query) and query.token == token:
            if query.sql != request["QueryString"]:
                raise InvalidRequestError("Idempotent parameters do not match")
            return query
    return None
