"""Executions of a state machine: start, events, metrics, logs, and the end of the sandbox's process."""

import copy
import datetime
import json
import logging
import sys
import threading
import uuid
from collections.abc import Iterator
from typing import Any, cast

from moto.stepfunctions.exceptions import ExecutionDoesNotExist, InvalidExecutionInput
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.events.service_events import ServiceEvents
from terrarium_sandbox.services.metrics import count
from terrarium_sandbox.services.stepfunctions.execution import Listener, RedrivableExecution, remember_results
from terrarium_sandbox.services.stepfunctions.logs import deliver_logs

__all__ = ["forget_threads", "install_executions"]

_log = logging.getLogger(__name__)

_STOPPED = "the sandbox stopped while the execution was running: continue it with RedriveExecution"


def install_executions(sandbox: Sandbox) -> None:
    """Let moto's backend start executions that can be redriven."""
    events = ServiceEvents(sandbox)

    def on_change(execution: RedrivableExecution) -> None:
        sandbox.touch()
        _publish(events, execution)
        if execution.has_ended:
            try:
                deliver_logs(sandbox, execution)
            except Exception:  # noqa: BLE001 - an error of logging does not change how the execution ended
                _log.exception("the logs of %s were not delivered", execution.exec_arn)
        _count(sandbox, execution)

    def start_execution(
        self: StepFunctionsParserBackend,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: str | None = None,
    ) -> RedrivableExecution:
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
            return existing  # type: ignore[return-value] # all executions are redrivable
        execution = RedrivableExecution(
            on_change=on_change,
            name=name,
            role_arn=machine.roleArn,
            exec_arn=f"{machine.arn.replace(':stateMachine:', ':execution:')}:{name}",
            account_id=self.account_id,
            region_name=self.region_name,
            state_machine=_copy(machine),
            start_date=datetime.datetime.now(tz=datetime.UTC),
            input_data=given,
            trace_header=trace_header,
        )
        machine.executions.append(execution)  # type: ignore[arg-type] # as moto's interpreter does
        execution.start()
        return execution

    patch(
        StepFunctionsParserBackend,
        "start_execution",
        start_execution,
        reason="moto's executions can be neither redriven nor saved.",
    )
    remember_results(_find)
    sandbox.on_start(lambda: _take_over(on_change))
    sandbox.on_stop(_stop_running)


class _NoThreads(list[threading.Thread]):
    """A list that stays empty."""

    def append(self, thread: threading.Thread) -> None:
        """Ignore the thread."""


def forget_threads() -> None:
    """Let moto keep no list of the threads of states."""
    # Each module of moto has imported the list by its name.
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.parser.") and hasattr(module, "TMP_THREADS"):
            patch(
                module,
                "TMP_THREADS",
                _NoThreads(),
                reason="moto keeps the thread of every state without end.",
            )


def _copy(machine: StateMachine) -> StateMachine:
    """Copy a state machine: a later change of it does not change a running execution."""
    present = copy.copy(machine)
    present.executions = []
    return present


def _find(execution_arn: str) -> RedrivableExecution | None:
    _, _, _, region, account, *_ = execution_arn.split(":")
    try:
        found: Any = stepfunctions_parser_backends[account][region].describe_execution(execution_arn)
    except ExecutionDoesNotExist:  # its state machine was deleted
        return None
    execution: RedrivableExecution = found
    return execution


def _all() -> Iterator[RedrivableExecution]:
    for _, _, backend in stepfunctions_parser_backends.iter_backends():
        for machine in cast("Any", backend).state_machines:
            yield from list(machine.executions)


def _take_over(on_change: Listener) -> None:
    for execution in _all():
        execution.on_change = on_change
        if not execution.has_ended:  # the process that ran it was killed
            execution.abandon(cause=_STOPPED)


def _stop_running() -> None:
    now = datetime.datetime.now(tz=datetime.UTC)
    for execution in _all():
        if not execution.has_ended:
            execution.stop(now, "Sandbox.Stopped", _STOPPED)


def _count(sandbox: Sandbox, execution: RedrivableExecution) -> None:
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


def _publish(events: ServiceEvents, execution: RedrivableExecution) -> None:
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


def _data(execution: RedrivableExecution) -> dict[str, Any]:
    """Return the data of an event: none if the state machine is encrypted with a customer-managed key.

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
