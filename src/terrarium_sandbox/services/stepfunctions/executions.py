"""Starting, stopping and resuming executions, and what becomes of them when the sandbox goes down."""

import copy
import datetime
import json
import logging
import uuid
from collections.abc import Iterator
from typing import Any, cast

from moto.stepfunctions.exceptions import ExecutionDoesNotExist, InvalidExecutionInput
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends

from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.events.service_events import ServiceEvents
from terrarium_sandbox.services.metrics import count
from terrarium_sandbox.services.stepfunctions.execution import ResumableExecution, remember_results
from terrarium_sandbox.services.stepfunctions.logs import deliver_logs

__all__ = ["install_executions"]

_log = logging.getLogger(__name__)

_GONE = "the sandbox was stopped while it ran: resume it with RedriveExecution"


def install_executions(sandbox: Sandbox) -> None:
    """Let moto's backend start executions that can be resumed."""
    events = ServiceEvents(sandbox)

    def told(execution: ResumableExecution) -> None:
        sandbox.touch()
        _publish(events, execution)
        if execution.has_ended:
            try:
                deliver_logs(sandbox, execution)
            except Exception:  # noqa: BLE001 - the execution has ended all the same
                _log.exception("the logs of %s were not delivered", execution.exec_arn)
        _count(sandbox, execution)

    def start_execution(
        self: StepFunctionsParserBackend,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: str | None = None,
    ) -> ResumableExecution:
        machine = self.describe_state_machine(state_machine_arn)
        name = name or str(uuid.uuid4())
        self._validate_name(name)
        given = execution_input or "{}"
        try:
            json.loads(given)
        except ValueError as error:
            raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error}'") from error
        existing = machine._handle_name_input_idempotency(name, given)
        if existing is not None:
            return existing  # type: ignore[return-value] # ours, all of them
        execution = ResumableExecution(
            told=told,
            name=name,
            role_arn=machine.roleArn,
            exec_arn=f"{machine.arn.replace(':stateMachine:', ':execution:')}:{name}",
            account_id=self.account_id,
            region_name=self.region_name,
            state_machine=_as_it_is_now(machine),
            start_date=datetime.datetime.now(tz=datetime.UTC),
            input_data=given,
            trace_header=trace_header,
        )
        machine.executions.append(execution)  # type: ignore[arg-type] # as moto's interpreter does
        execution.start()
        return execution

    StepFunctionsParserBackend.start_execution = start_execution  # type: ignore[method-assign] # the point of it
    remember_results(_find)
    sandbox.on_start(lambda: _take_over(told))
    sandbox.on_stop(_stop_running)


def _as_it_is_now(machine: StateMachine) -> StateMachine:
    """A later change of the state machine does not change what runs."""
    present = copy.copy(machine)
    present.executions = []
    return present


def _find(execution_arn: str) -> ResumableExecution | None:
    _, _, _, region, account, *_ = execution_arn.split(":")
    try:
        found: Any = stepfunctions_parser_backends[account][region].describe_execution(execution_arn)
    except ExecutionDoesNotExist:  # its state machine was deleted meanwhile
        return None
    execution: ResumableExecution = found
    return execution


def _all() -> Iterator[ResumableExecution]:
    for _, _, backend in stepfunctions_parser_backends.iter_backends():
        for machine in cast("Any", backend).state_machines:
            yield from list(machine.executions)


def _take_over(told: Any) -> None:
    for execution in _all():
        execution.told = told
        if not execution.has_ended:  # the process that ran it was killed
            execution.abandon(cause=_GONE)


def _stop_running() -> None:
    now = datetime.datetime.now(tz=datetime.UTC)
    for execution in _all():
        if not execution.has_ended:
            execution.stop(now, "Sandbox.Stopped", _GONE)


def _count(sandbox: Sandbox, execution: ResumableExecution) -> None:
    if execution.status == "RUNNING":
        metric = "ExecutionsRedriven" if execution.redrive_count else "ExecutionsStarted"
    else:
        metric = "Executions" + execution.status.title().replace("_", "")
    count(
        sandbox,
        metric,
        namespace="AWS/States",
        dimensions={"StateMachineArn": execution.state_machine_arn},
        account=execution.account_id,
        region=execution.region_name,
    )


def _publish(events: ServiceEvents, execution: ResumableExecution) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    def milliseconds(moment: datetime.datetime | None) -> int | None:
        return None if moment is None else round(moment.timestamp() * 1000)

    events.publish(
        account=execution.account_id,
        region=execution.region_name,
        source="aws.states",
        kind="Step Functions Execution Status Change",
        resources=[execution.exec_arn],
        detail=lambda: {
            "executionArn": execution.exec_arn,
            "stateMachineArn": execution.state_machine_arn,
            "name": execution.name,
            "status": execution.status,
            "startDate": milliseconds(execution.start_date),
            "stopDate": milliseconds(execution.stop_date),
            **_data(execution),
        },
    )


def _data(execution: ResumableExecution) -> dict[str, Any]:
    """The data of an event: none, where the state machine is encrypted with a customer-managed key.

    Source: Step Functions Developer Guide, "Data at rest encryption in Step Functions", on events sent to EventBridge.
    """
    machine: Any = execution.state_machine
    if (machine.encryptionConfiguration or {}).get("kmsKeyId"):
        return {}
    return {
        "input": execution.execution_input,
        "output": json.dumps(execution.output) if execution.status == "SUCCEEDED" else None,
        "error": execution.error,
        "cause": execution.cause,
    }
