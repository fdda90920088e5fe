"""Logs of executions in CloudWatch Logs, by the logging configuration of the state machine.

Source: Step Functions Developer Guide, "Using CloudWatch Logs to log execution history in Step Functions".
"""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.logs.models import logs_backends
from moto.stepfunctions.parser.asl.eval.event.logging import (
    CloudWatchLoggingConfiguration,
    is_logging_enabled_for,
)

from terrarium_sandbox.rules.keys.states import log_delivery_key_denial
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.stepfunctions.execution import RedrivableExecution

__all__ = ["deliver_logs"]

_EXECUTION_DATA = frozenset({"input", "inputDetails", "output", "outputDetails"})
# The keys of an event in the history that are not details of its type.
_COMMON = frozenset({"id", "previousEventId", "timestamp", "type"})

_log = logging.getLogger(__name__)


def deliver_logs(sandbox: Sandbox, execution: RedrivableExecution) -> None:
    """Write the events of an ended execution to its log group; after a redrive, only the new ones.

    While IAM is enforced, the logs of an encrypted state machine arrive only if its role may generate data keys for
    them, and the key policy allows the service that delivers logs to decrypt them.
    """
    machine: Any = execution.state_machine
    # The default, which clients omit.
    configured: Any = {"includeExecutionData": False, **(machine.loggingConfiguration or {})}
    configuration = CloudWatchLoggingConfiguration.from_logging_configuration(machine.arn, configured)
    if configuration is None:
        return
    history = execution.exec_worker.env.event_manager.get_event_history()
    events = [event for event in history if event["id"] > execution.logged]
    if not events:
        return
    execution.logged = events[-1]["id"]
    if sandbox.iam_enforced:
        with sandbox.locks.holding_policies():
            refusal = log_delivery_key_denial(machine.arn)
        if refusal is not None:
            _log.warning("the logs of %s were not delivered: %s", execution.exec_arn, refusal)
            return
    lines = [
        _event(execution, event, with_data=configuration.include_execution_data)
        for event in events
        if is_logging_enabled_for(configuration.log_level, event["type"])
    ]
    _write(sandbox, execution, configuration, lines)


def _event(execution: RedrivableExecution, event: Mapping[str, Any], *, with_data: bool) -> dict[str, Any]:
    details = next((value for name, value in event.items() if name not in _COMMON), None)
    moment = _milliseconds(event["timestamp"])
    entry = {
        "id": str(event["id"]),
        "type": str(event["type"].value if hasattr(event["type"], "value") else event["type"]),
        "details": {
            name: value for name, value in (details or {}).items() if with_data or name not in _EXECUTION_DATA
        },
        "redrive_count": str(execution.redrive_count),
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(moment),
        "execution_arn": execution.exec_arn,
    }
    return {"timestamp": moment, "message": json.dumps(entry, default=str)}


def _write(
    sandbox: Sandbox,
    execution: RedrivableExecution,
    configuration: CloudWatchLoggingConfiguration,
    lines: list[dict[str, Any]],
) -> None:
    group = configuration.log_group_name
    started: datetime = execution.start_date
    name = execution.state_machine_arn.rpartition(":")[2]
    stream = f"states/{name}/{started:%Y-%m-%d-%H-%M}/{execution.name}"
    backend = logs_backends[configuration.log_account_id][configuration.log_region]
    with sandbox.locks.holding("logs"):
        if group not in backend.groups:
            _log.warning(
                "the logs of %s were not delivered: log group %s does not exist", execution.exec_arn, group
            )
            return
        if stream not in backend.groups[group].streams:
            backend.create_log_stream(group, stream)
        backend.put_log_events(group, stream, lines)
    sandbox.touch()


def _milliseconds(timestamp: Any) -> int:
    moment = datetime.fromisoformat(timestamp) if isinstance(timestamp, str) else timestamp
    return round(moment.timestamp() * 1000)
