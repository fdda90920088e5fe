"""History of an execution, from which a redrive finds the point to continue from."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Event", "ResumePoint", "find_resume_point", "task_key"]

Event = Mapping[str, Any]


@dataclass(frozen=True)
class ResumePoint:
    """The point from which an execution continues: the outermost state that it entered last.

    Attributes:
        state: The name of the state.
        input: The input of the state.
        results: The results of tasks within it, by `task_key`: these tasks do not run again.
    """

    state: str
    input: Any
    results: Mapping[str, list[Any]] = field(default_factory=dict)


def task_key(state: str, state_input: Any) -> str:
    """Return the key of a task within a Parallel or Map state: equal states with equal inputs have equal results."""
    return json.dumps([state, state_input], sort_keys=True)


def find_resume_point(history: Sequence[Event], outermost: Iterable[str]) -> ResumePoint | None:
    """Return the point from which an execution that did not succeed continues; None for its first state.

    Args:
        history: All its events.
        outermost: The names of the states that are in no other state.
    """
    outermost = frozenset(outermost)
    last = next((event for event in reversed(history) if _entered(event).get("name") in outermost), None)
    if last is None:
        return None
    since = [event for event in history if event["id"] >= last["id"]]
    entered = _entered(last)
    return ResumePoint(entered["name"], json.loads(entered["input"]), _results(since))


def _results(history: Sequence[Event]) -> Mapping[str, list[Any]]:
    events = {event["id"]: event for event in history}
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for event in history:
        if event["type"] == "TaskSucceeded":
            entered = _entered(_state_of(event, events))
            if entered:
                key = task_key(entered["name"], json.loads(entered["input"]))
                found[key].append(json.loads(event["taskSucceededEventDetails"]["output"]))
    return found


def _state_of(event: Event, events: Mapping[int, Event]) -> Event:
    while not _entered(event) and event["previousEventId"] in events:
        event = events[event["previousEventId"]]
    return event


def _entered(event: Event) -> Mapping[str, Any]:
    details: Mapping[str, Any] = event.get("stateEnteredEventDetails") or {}
    return details
