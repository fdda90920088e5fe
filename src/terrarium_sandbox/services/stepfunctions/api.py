"""Operations of Step Functions' API on executions."""

import datetime
import json
from typing import Any

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.stepfunctions.responses import StepFunctionResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.stepfunctions.execution import RedrivableExecution

__all__ = ["install_operations"]

_PAGE = 100


class _ExecutionNotRedrivableError(AWSError):
    TYPE = "ExecutionNotRedrivable"


def install_operations() -> None:
    """Replace operations that return less in moto, and add RedriveExecution."""
    for operation in (
        _describe_execution,
        _get_execution_history,
        _list_executions,
        _redrive_execution,
        _stop_execution,
    ):
        name = operation.__name__.removeprefix("_")
        patch(
            StepFunctionResponse,
            name,
            operation,
            reason="moto returns fewer fields, and has no RedriveExecution.",
            adds=not hasattr(StepFunctionResponse, name),
        )


def _describe_execution(self: StepFunctionResponse) -> ActionResult:
    execution = _named(self)
    answer: dict[str, Any] = {
        **_in_short(execution),
        "input": execution.execution_input,
        "inputDetails": {"included": True},
        "redriveStatus": "REDRIVABLE" if _can_be_resumed(execution) else "NOT_REDRIVABLE",
    }
    if execution.status == "SUCCEEDED":
        answer |= {"output": json.dumps(execution.output), "outputDetails": {"included": True}}
    for name in ("error", "cause"):
        if getattr(execution, name) is not None:
            answer[name] = getattr(execution, name)
    return ActionResult(answer)


def _list_executions(self: StepFunctionResponse) -> ActionResult:
    found, next_token = self.stepfunction_backend.list_executions(
        self._get_param("stateMachineArn"),
        status_filter=self._get_param("statusFilter"),
        max_results=self._get_int_param("maxResults"),
        next_token=self._get_param("nextToken"),
    )
    return ActionResult(
        {"executions": [_in_short(execution) for execution in found], "nextToken": next_token}
    )


def _get_execution_history(self: StepFunctionResponse) -> ActionResult:
    events = _named(self).to_history_output()["events"]
    if self._get_param("reverseOrder"):
        events.reverse()
    start = int(self._get_param("nextToken") or 0)
    end = start + (self._get_int_param("maxResults") or _PAGE)
    return ActionResult({"events": events[start:end], "nextToken": str(end) if end < len(events) else None})


def _stop_execution(self: StepFunctionResponse) -> ActionResult:
    execution = _named(self)
    now = datetime.datetime.now(tz=datetime.UTC)
    execution.stop(now, self._get_param("error"), self._get_param("cause"))
    return ActionResult({"stopDate": execution.stop_date})


def _redrive_execution(self: StepFunctionResponse) -> ActionResult:
    execution = _named(self)
    if not _can_be_resumed(execution):
        raise _ExecutionNotRedrivableError(
            f"Execution is {execution.status} and cannot be redriven: {execution.exec_arn}"
        )
    execution.redrive()
    return ActionResult({"redriveDate": execution.redrive_date})


def _named(self: StepFunctionResponse) -> RedrivableExecution:
    found: Any = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    execution: RedrivableExecution = found
    return execution


def _can_be_resumed(execution: RedrivableExecution) -> bool:
    return execution.has_ended and execution.status != "SUCCEEDED"


def _in_short(execution: Any) -> dict[str, Any]:
    answer = {
        "executionArn": execution.exec_arn,
        "name": execution.name,
        "stateMachineArn": execution.state_machine_arn,
        "status": execution.status,
        "startDate": execution.start_date,
        "redriveCount": execution.redrive_count,
    }
    if execution.stop_date is not None:
        answer["stopDate"] = execution.stop_date
    if execution.redrive_date is not None:
        answer["redriveDate"] = execution.redrive_date
    return answer
