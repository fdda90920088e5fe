"""Query execution."""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

from terrarium_sandbox.athena.task import Column, Outcome, QueryFailure

__all__ = ["FINAL_STATES", "Query", "State"]

State = Literal["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]

FINAL_STATES: frozenset[State] = frozenset({"SUCCEEDED", "FAILED", "CANCELLED"})
_ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
_USER_ERROR = 2
_SYSTEM_ERROR = 1


@dataclass(kw_only=True)
class Query:
    """A query and its state. It is saved with the sandbox's state.

    Args:
        id: The id of the execution.
        sql: The text of the statement.
        kind: DDL, DML or UTILITY.
        name: The kind of statement, such as `SELECT`.
        workgroup: moto's workgroup.
        context: Database and catalog of the request.
        folder: The URL of the folder of the result, with a slash at the end.
        result_configuration: The configuration that Athena returns, with the object of the result.
        execution_parameters: The values of parameters in the request.
        token: The client's token, which identifies a repeated request.
    """

    id: str
    sql: str
    kind: str
    name: str
    workgroup: Any
    context: dict[str, str]
    folder: str
    result_configuration: dict[str, Any]
    execution_parameters: list[str] | None
    token: str | None
    state: State = "QUEUED"
    reason: str | None = None
    code: str | None = None
    submitted: float = field(default_factory=time.time)
    began: float | None = None
    ended: float | None = None
    bytes_scanned: int = 0
    columns: tuple[Column, ...] = ()
    update_count: int | None = None
    manifest: str | None = None

    @property
    def status(self) -> State:
        """The name of the state in moto."""
        return self.state

    def begin(self) -> None:
        """Set the state RUNNING."""
        self.state = "RUNNING"
        self.began = time.time()

    def succeed(self, outcome: Outcome) -> None:
        """Set the state SUCCEEDED."""
        self.result_configuration = {**self.result_configuration, "OutputLocation": outcome.location}
        self.bytes_scanned = outcome.bytes_scanned
        self.columns = outcome.columns
        self.update_count = outcome.update_count
        self.manifest = outcome.manifest
        self._end("SUCCEEDED")

    def fail(self, failure: QueryFailure) -> None:
        """Set the state FAILED."""
        self.bytes_scanned = failure.bytes_scanned
        self.reason, self.code = str(failure), failure.code
        self._end("CANCELLED" if failure.cancelled else "FAILED")

    def cancel(self, reason: str) -> None:
        """Set the state CANCELLED: a client cancelled it, or the sandbox ended."""
        self.reason = reason
        self._end("CANCELLED")

    def _end(self, state: State) -> None:
        self.state = state
        self.ended = time.time()

    def as_dict(self) -> dict[str, Any]:
        """Return the query as GetQueryExecution returns it."""
        status: dict[str, Any] = {"State": self.state, "SubmissionDateTime": self.submitted}
        if self.ended is not None:
            status["CompletionDateTime"] = self.ended
        if self.reason is not None:
            status["StateChangeReason"] = self.reason
        if self.state == "FAILED":
            category = _SYSTEM_ERROR if self.code == "GENERIC_INTERNAL_ERROR" else _USER_ERROR
            status["AthenaError"] = {
                "ErrorCategory": category,
                "ErrorType": 1 if category == _SYSTEM_ERROR else 1006,
                "Retryable": False,
                "ErrorMessage": self.reason,
            }
        shown: dict[str, Any] = {
            "QueryExecutionId": self.id,
            "Query": self.sql,
            "StatementType": self.kind,
            "SubstatementType": self.name,
            "ResultConfiguration": self.result_configuration,
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": self.context,
            "Status": status,
            "Statistics": self.statistics(),
            "WorkGroup": self.workgroup.name,
            "EngineVersion": _ENGINE,
        }
        if self.execution_parameters is not None:
            shown["ExecutionParameters"] = self.execution_parameters
        return shown

    def statistics(self) -> dict[str, Any]:
        """Return times and bytes."""
        until = self.ended or time.time()
        began = self.began or until
        shown: dict[str, Any] = {
            "EngineExecutionTimeInMillis": _milliseconds(until - began),
            "DataScannedInBytes": self.bytes_scanned,
            "TotalExecutionTimeInMillis": _milliseconds(until - self.submitted),
            "QueryQueueTimeInMillis": _milliseconds(began - self.submitted),
            "QueryPlanningTimeInMillis": 0,
            "ServicePreProcessingTimeInMillis": 0,
            "ServiceProcessingTimeInMillis": 0,
            "ResultReuseInformation": {"ReusedPreviousResult": False},
        }
        if self.manifest is not None:
            shown["DataManifestLocation"] = self.manifest
        return shown


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
