"""Faults of state machine definitions that moto's parser accepts and Step Functions does not.

Sources: Amazon States Language specification; AWS' answers as recorded in localstack issue 11978, aws-cloudformation/
cfn-lint issue 4074, floci-io/floci issue 2735 and pull request 2786.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["Fault", "definition_faults"]

# Fields and the types of states that do not support them.
_UNSUPPORTED: Mapping[str, frozenset[str]] = {
    "Catch": frozenset({"Choice", "Fail", "Pass", "Succeed", "Wait"}),
    "Retry": frozenset({"Choice", "Fail", "Pass", "Succeed", "Wait"}),
    "TimeoutSeconds": frozenset({"Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Wait"}),
}
_TEMPLATES = ("Parameters", "ItemSelector", "ResultSelector")
_EVALUATED = ("$", "States.")
_ENDS = frozenset({"Fail", "Succeed"})


class Fault(NamedTuple):
    """A diagnostic of ValidateStateMachineDefinition; a fault of the whole definition has no location."""

    code: str
    message: str
    location: str | None

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location or 'null'}"


def definition_faults(definition: str) -> list[Fault]:
    """Return the faults of a definition; none for text that is not a JSON object with states, which moto refuses."""
    try:
        machine = json.loads(definition)
    except ValueError:
        return []
    if not _has_states(machine):
        return []
    faults = [*_container_faults(machine, "")]
    ends = any(_is_end(state) for state in machine["States"].values())
    if not ends:
        # AWS then reports no unreachable states.
        faults = [fault for fault in faults if "not reachable" not in fault.message]
        faults.append(Fault("MISSING_END_STATE", "Workflow has no terminal state", None))
    return faults


def _container_faults(container: Mapping[str, Any], place: str) -> Iterator[Fault]:
    states: Mapping[str, Any] = container["States"]
    targets = [(container.get("StartAt"), f"{place}/StartAt")]
    for name, state in states.items():
        targets += _targets(state, f"{place}/States/{name}")
    for target, location in targets:
        if isinstance(target, str) and target not in states:
            yield Fault("MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {target}", location)
    reached = {target for target, _ in targets}
    for name, state in states.items():
        location = f"{place}/States/{name}"
        if name not in reached:
            yield Fault("MISSING_TRANSITION_TARGET", f'State "{name}" is not reachable.', location)
        for field, types in _UNSUPPORTED.items():
            if field in state and state.get("Type") in types:
                yield Fault("SCHEMA_VALIDATION_FAILED", f"Field '{field}' is not supported", location)
        if state.get("Type") == "Choice" and not _listed(state.get("Choices")):
            yield Fault("SCHEMA_VALIDATION_FAILED", "Field 'Choices' must have at least one rule", location)
        for field in _TEMPLATES:
            yield from _template_faults(state.get(field), f"{location}/{field}")
        for inner, where in _containers(state):
            yield from _container_faults(inner, f"{location}{where}")


def _template_faults(template: Any, location: str) -> Iterator[Fault]:
    """Return the faults of a payload template, in which the value of a name that ends with `.$` is evaluated."""
    items = template.items() if isinstance(template, dict) else ()
    for name, value in items:
        if name.endswith(".$") and not (isinstance(value, str) and value.startswith(_EVALUATED)):
            yield Fault(
                "SCHEMA_VALIDATION_FAILED",
                f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call",
                f"{location}/{name}",
            )
        yield from _template_faults(value, f"{location}/{name}")
    if isinstance(template, list):
        for number, value in enumerate(template):
            yield from _template_faults(value, f"{location}[{number}]")


def _targets(state: Mapping[str, Any], place: str) -> list[tuple[Any, str]]:
    found = [(state[field], f"{place}/{field}") for field in ("Next", "Default") if field in state]
    for field in ("Choices", "Catch"):
        for number, one in enumerate(_listed(state.get(field))):
            found.append((one.get("Next"), f"{place}/{field}[{number}]/Next"))
    return found


def _containers(state: Mapping[str, Any]) -> Iterable[tuple[Mapping[str, Any], str]]:
    for field in ("Iterator", "ItemProcessor"):
        if _has_states(state.get(field)):
            yield state[field], f"/{field}"
    for number, branch in enumerate(_listed(state.get("Branches"))):
        if _has_states(branch):
            yield branch, f"/Branches[{number}]"


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _has_states(value: Any) -> bool:
    states = value.get("States") if isinstance(value, dict) else None
    return isinstance(states, dict) and bool(states) and all(isinstance(one, dict) for one in states.values())


def _is_end(state: Mapping[str, Any]) -> bool:
    return bool(state.get("End")) or state.get("Type") in _ENDS
