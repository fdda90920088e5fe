"""Policy `state-machine-transition`: every state of a state machine is reachable, and every path ends.

Source: the Amazon States Language specification, "State Machines", "Transitions", "Errors" (Retriers and Catchers).
cfn-lint's schema of the language checks the structure of single states, together with the other values.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from policies.policy import Policy, Violation
from policies.stack import Stack

__all__ = ["POLICIES", "transition_problems"]

State: TypeAlias = Mapping[str, Any]

_LONGEST_NAME = 80
_TERMINAL = {"Succeed", "Fail"}
_ALL_ERRORS = "States.ALL"


def _broken_state_machines(stack: Stack) -> Iterator[Violation]:
    for machine in stack.resources("aws_sfn_state_machine"):
        for problem in transition_problems(machine.document("definition")):
            yield Violation(machine, problem)


def transition_problems(machine: State) -> Iterator[str]:
    """Yield the problems in the transitions of a state machine and of nested ones."""
    names = Counter(name for states in _all_states(machine) for name in states)
    for name, count in names.items():
        if count > 1:
            yield f"{count} states are named {name!r}; names must be unique in the whole state machine"
        if len(name) > _LONGEST_NAME:
            yield f"the name of state {name!r} is longer than {_LONGEST_NAME} characters"
    yield from _problems_of_scope(machine)


def _problems_of_scope(machine: State) -> Iterator[str]:
    states: Mapping[str, State] = machine.get("States", {})
    start = machine.get("StartAt")
    if start not in states:
        yield f"StartAt names {start!r}, which is not a state"
        return
    for name, state in states.items():
        yield from (f"state {name!r}: {problem}" for problem in _problems_of_state(state, states))
        for nested in _nested(state):
            yield from _problems_of_scope(nested)
    reached = _reached(str(start), states)
    for name in states.keys() - reached:
        yield f"state {name!r} is never reached"
    if not any(_ends(states[name]) for name in reached):
        yield f"no path from {start!r} ends"


def _problems_of_state(state: State, states: Mapping[str, State]) -> Iterator[str]:
    for target in _targets(state):
        if target not in states:
            yield f"its next state {target!r} does not exist"
    kind = state.get("Type")
    if kind in _TERMINAL | {"Choice"}:
        if "Next" in state or "End" in state:
            yield f"a {kind} state must not have Next or End"
    elif ("Next" in state) == (state.get("End") is True):
        yield "needs either Next or End"
    for field in ("Retry", "Catch"):
        yield from _problems_of_errors(field, state.get(field, []))
    if state.get("HeartbeatSeconds", 0) and state["HeartbeatSeconds"] >= state.get(
        "TimeoutSeconds", 99999999
    ):
        yield "HeartbeatSeconds must be less than TimeoutSeconds"


def _problems_of_errors(field: str, handlers: list[State]) -> Iterator[str]:
    for number, handler in enumerate(handlers, start=1):
        errors = handler.get("ErrorEquals", [])
        if not errors:
            yield f"{field} {number} names no error"
        if _ALL_ERRORS in errors and (len(errors) > 1 or number < len(handlers)):
            yield f"{field} {number}: {_ALL_ERRORS} must be alone and last"


def _targets(state: State) -> Iterator[str]:
    for field in ("Next", "Default"):
        if field in state:
            yield state[field]
    for field in ("Choices", "Catch"):
        yield from (branch["Next"] for branch in state.get(field, []) if "Next" in branch)


def _ends(state: State) -> bool:
    return state.get("End") is True or state.get("Type") in _TERMINAL


def _reached(start: str, states: Mapping[str, State]) -> set[str]:
    reached = {start}
    pending = [start]
    while pending:
        for target in _targets(states[pending.pop()]):
            if target in states and target not in reached:
                reached.add(target)
                pending.append(target)
    return reached


def _nested(state: State) -> list[State]:
    inner = [state[field] for field in ("ItemProcessor", "Iterator") if field in state]
    return [*state.get("Branches", []), *inner]


def _all_states(machine: State) -> Iterator[Mapping[str, State]]:
    states = machine.get("States", {})
    yield states
    for state in states.values():
        for nested in _nested(state):
            yield from _all_states(nested)


POLICIES = (
    Policy(
        "state-machine-transition",
        "Every state of a state machine is reachable, and every path ends",
        "correct the definition, or the pipeline that it is compiled from",
        _broken_state_machines,
    ),
)
