"""StartQueryExecution: validation of the request, and the new query."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from moto.athena.models import AthenaBackend

from terrarium_sandbox.athena.parsing import literals, parse
from terrarium_sandbox.athena.task import QueryFailure, QueryTask
from terrarium_sandbox.services.athena.callers import Caller
from terrarium_sandbox.services.athena.exceptions import InvalidRequestError
from terrarium_sandbox.services.athena.query import Query

__all__ = ["submitted_query", "task_of"]

_LONGEST_BYTES = 262144
# `OutputLocation` below the folder, by statement, as `statements/writing.py` explains; `.txt` for all others.
_LOCATIONS = {
    "SELECT": "{id}.csv",
    "DELETE": "{id}.csv",
    "MERGE": "{id}.csv",
    "UPDATE": "{id}.csv",
    "INSERT": "{id}",
    "UNLOAD": "{id}",
    "CREATE_TABLE_AS_SELECT": "tables/{id}",
}
_EXECUTE = re.compile(
    r"\s*EXECUTE\s+(?P<name>\w+)(?:\s+USING\s+(?P<values>.*?))?\s*;?\s*", re.IGNORECASE | re.DOTALL
)


def submitted_query(backend: AthenaBackend, request: Mapping[str, Any]) -> Query:
    """Return the query that a StartQueryExecution describes.

    Raises:
        InvalidRequestError: Athena would refuse the request.
    """
    sql = request["QueryString"]
    if not sql.strip() or len(sql.encode()) > _LONGEST_BYTES:
        raise InvalidRequestError(f"QueryString must have between 1 and {_LONGEST_BYTES} bytes")
    name = request.get("WorkGroup") or "primary"
    workgroup = backend.work_groups.get(name)
    if workgroup is None:
        raise InvalidRequestError(f"WorkGroup {name} is not found.")
    if workgroup.state != "ENABLED":
        raise InvalidRequestError(f"WorkGroup {name} is disabled.")
    parameters = request.get("ExecutionParameters")
    text, values = _prepared(backend, name, sql, parameters or [])
    try:
        statement = parse(text, values)
    except QueryFailure as failure:
        raise InvalidRequestError(str(failure)) from failure
    query_id, configuration = str(uuid.uuid4()), _result_configuration(workgroup.configuration, request)
    folder = configuration["OutputLocation"].rstrip("/") + "/"
    location = folder + _LOCATIONS.get(statement.name, "{id}.txt").format(id=query_id)
    return Query(
        id=query_id,
        sql=sql,
        kind=statement.kind,
        name=statement.name,
        workgroup=workgroup,
        context=dict(request.get("QueryExecutionContext") or {}),
        folder=folder,
        result_configuration={**configuration, "OutputLocation": location},
        execution_parameters=parameters,
        token=request.get("ClientRequestToken"),
    )


def task_of(backend: AthenaBackend, query: Query, caller: Caller) -> QueryTask:
    """Return the task for a worker."""
    configuration = query.workgroup.configuration
    sql, parameters = _prepared(backend, query.workgroup.name, query.sql, query.execution_parameters or [])
    encryption = query.result_configuration.get("EncryptionConfiguration") or {}
    return QueryTask(
        query_id=query.id,
        sql=sql,
        parameters=tuple(parameters),
        # Quoted as in HiveQL, too: awswrangler's repair_table sends such names.
        database=query.context.get("Database", "default").strip("`").lower(),
        output_location=query.folder,
        output_encryption=_encryption_arguments(encryption),
        region=backend.region_name,
        access_key=caller.access_key,
        secret_key=caller.secret_key,
        session_token=caller.session_token,
        scan_limit=configuration.get("BytesScannedCutoffPerQuery"),
    )


def _prepared(
    backend: AthenaBackend, workgroup: str, sql: str, parameters: list[str]
) -> tuple[str, list[str]]:
    """Return the text and values of the prepared statement that `sql` executes; other statements unchanged."""
    match = _EXECUTE.fullmatch(sql)
    if match is None:
        return sql, parameters
    statement = backend.prepared_statements.get(match["name"])
    if statement is None or str(statement.workgroup) != workgroup:
        raise InvalidRequestError(f"PreparedStatement {match['name']} was not found in workGroup {workgroup}")
    return statement.query_statement, _values(match["values"]) if match["values"] else parameters


def _values(text: str) -> list[str]:
    return literals(text)


def _result_configuration(workgroup: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration of the request; that of the workgroup if enforced or if the request has none."""
    ours = workgroup.get("ResultConfiguration") or {}
    theirs = request.get("ResultConfiguration") or {}
    chosen = ours if workgroup.get("EnforceWorkGroupConfiguration") else {**ours, **theirs}
    if not str(chosen.get("OutputLocation", "")).startswith("s3://"):
        raise InvalidRequestError(
            "No output location provided. An output location is required either through the Workgroup result "
            "configuration setting or as an API input."
        )
    return dict(chosen)


def _encryption_arguments(configuration: Mapping[str, str]) -> dict[str, str]:
    match configuration.get("EncryptionOption"):
        case "SSE_S3":
            return {"ServerSideEncryption": "AES256"}
        case "SSE_KMS":
            return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": configuration["KmsKey"]}
        case "CSE_KMS":
            raise InvalidRequestError(
                "the sandbox does not support client-side encryption of results (CSE_KMS)"
            )
        case _:
            return {}
