"""States of steps, from the history of an execution in Step Functions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from terrarium.pipelines.compilation import CHECK_CONDITIONS
from terrarium.pipelines.execution import Execution, StepState

__all__ = ["STOPPED", "jobs_of_definition", "lacked_code", "step_states"]

STOPPED: Final = "the execution was stopped"
"""Reason of a step that did not end because the execution was stopped."""

_SUBMIT = ":states:::batch:submitJob.sync"  # after `arn:` and the partition
_FAILURES = ("TaskFailed", "TaskTimedOut", "TaskSubmitFailed", "TaskStartFailed")


def jobs_of_definition(definition: str) -> list[str]:
    """Return the names of the steps of a state machine, in its order."""
    return list(_jobs(json.loads(definition)))


def lacked_code(history: Sequence[Mapping[str, Any]], code_state: str) -> bool:
    """Return whether the last failure of an execution is that no code was published for its definition.

    Args:
        history: All events of the execution, the first one first.
        code_state: The name of the state that reads the published code.
    """
    events = {event["id"]: event for event in history}
    failures = [event for event in history if event["type"] in _FAILURES]
    return bool(failures) and _state_of(failures[-1], events) == code_state


def step_states(
    steps: Sequence[str], history: Sequence[Mapping[str, Any]], *, execution: Execution
) -> dict[str, StepState]:
    """Return the state of every step.

    Args:
        steps: Names of all steps.
        history: All events of the execution, the first one first.
        execution: The execution, as it was before its history was read.
    """
    events = {event["id"]: event for event in history}
    states = {name: StepState(name, "WAITING") for name in steps}
    chosen: set[str] = set()
    for event in history:
        name = _state_of(event, events)
        if name is not None and name.startswith(CHECK_CONDITIONS):
            chosen.add(name.removeprefix(CHECK_CONDITIONS))
        if name in states:
            states[name] = _advanced(states[name], event)
    return {
        name: _concluded(state, execution, chosen=name in chosen) if execution.ended else state
        for name, state in states.items()
    }


def _concluded(state: StepState, execution: Execution, *, chosen: bool) -> StepState:
    """Return the final state of a step of an ended execution that has no event of its own."""
    if state.status == "RUNNING":
        return state._replace(status="FAILED", reason=STOPPED)
    if state.status == "WAITING" and (chosen or execution.status == "SUCCEEDED"):
        return state._replace(status="SKIPPED")
    return state


def _advanced(state: StepState, event: Mapping[str, Any]) -> StepState:
    match event["type"]:
        case "TaskStateEntered":
            return state._replace(status="RUNNING", reason=None)
        case "TaskSubmitted":
            submitted = json.loads(event["taskSubmittedEventDetails"]["output"])
            return state._replace(job=submitted["JobId"], attempts=state.attempts + 1)
        case "TaskSucceeded":
            return state._replace(status="SUCCEEDED")
        case kind if kind in _FAILURES:
            details: Mapping[str, Any] = next(
                (value for key, value in event.items() if key.endswith("EventDetails")), {}
            )
            return state._replace(status="FAILED", reason=_reason(details))
    return state


def _reason(details: Mapping[str, Any]) -> str:
    """Return the reason of a failure: of a failed job, the status reason instead of its whole description."""
    cause = details.get("cause") or ""
    try:
        job = json.loads(cause)
    except ValueError:
        return f"{details.get('error', 'it failed')}: {cause}".rstrip(": ")
    reason = job.get("StatusReason") or details.get("error", "it failed")
    return str(reason)


def _state_of(event: Mapping[str, Any], events: Mapping[int, Mapping[str, Any]]) -> str | None:
    """Return the name of the state of an event; None if the history does not contain it."""
    seen = event
    while "stateEnteredEventDetails" not in seen:
        if "stateExitedEventDetails" in seen:
            return str(seen["stateExitedEventDetails"]["name"])
        previous = events.get(seen.get("previousEventId", 0))
        if previous is None:
            return None
        seen = previous
    return str(seen["stateEnteredEventDetails"]["name"])


def _jobs(machine: Mapping[str, Any]) -> Iterable[str]:
    for name, state in machine["States"].items():
        if str(state.get("Resource")).endswith(_SUBMIT):
            yield name
        for branch in state.get("Branches", ()):
            yield from _jobs(branch)
