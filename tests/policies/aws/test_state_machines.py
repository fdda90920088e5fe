"""Transitions of state machines: targets exist, every state is reached, every path ends."""

from typing import Any

import pytest

from policies.aws.state_machines import POLICIES, transition_problems
from policies.stack import Stack

(STATE_MACHINE_TRANSITION,) = POLICIES
END = {"Type": "Pass", "End": True}


def machine(start: str = "A", **states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": start, "States": states}


@pytest.mark.parametrize(
    "sound",
    [
        machine(A=END),
        machine(
            A={"Type": "Task", "Next": "B", "Catch": [{"ErrorEquals": ["X"], "Next": "C"}]},
            B=END,
            C={"Type": "Fail"},
        ),
        machine(
            A={"Type": "Choice", "Choices": [{"Next": "B"}], "Default": "C"}, B=END, C={"Type": "Succeed"}
        ),
        machine(A={"Type": "Choice", "Choices": [{"Next": "B"}], "Default": "A"}, B=END),
        machine(A={"Type": "Parallel", "Branches": [machine("B", B=END), machine("C", C=END)], "End": True}),
        machine(A={"Type": "Map", "ItemProcessor": machine("B", B=END), "End": True}),
        machine(A=END | {"Retry": [{"ErrorEquals": ["X"]}, {"ErrorEquals": ["States.ALL"]}]}),
    ],
)
def test_a_valid_state_machine_has_no_problems(sound: dict[str, Any]) -> None:
    assert list(transition_problems(sound)) == []


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (machine("B", A=END), "StartAt names 'B', which is not a state"),
        (machine(A={"Type": "Task", "Next": "B"}), "state 'A': its next state 'B' does not exist"),
        (
            machine(A=END | {"Catch": [{"ErrorEquals": ["X"], "Next": "B"}]}),
            "state 'A': its next state 'B' does not exist",
        ),
        (machine(A={"Type": "Task"}), "state 'A': needs either Next or End"),
        (machine(A=END | {"Next": "A"}), "state 'A': needs either Next or End"),
        (machine(A={"Type": "Fail", "End": True}), "state 'A': a Fail state must not have Next or End"),
        (machine(A=END, B=END), "state 'B' is never reached"),
        (machine(A={"Type": "Wait", "Next": "A"}), "no path from 'A' ends"),
        (
            machine(A={"Type": "Map", "ItemProcessor": machine("A", A=END), "End": True}),
            "2 states are named 'A'",
        ),
        (machine(A={"Type": "Map", "Iterator": machine("C", B=END), "End": True}), "StartAt names 'C'"),
        (
            machine(A={"Type": "Parallel", "Branches": [machine("B", B={"Type": "Task"})], "End": True}),
            "state 'B': needs",
        ),
        (machine("N" * 81, **{"N" * 81: END}), "longer than 80 characters"),
        (machine(A=END | {"Retry": [{"ErrorEquals": []}]}), "state 'A': Retry 1 names no error"),
        (
            machine(A=END | {"Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["X"]}]}),
            "state 'A': Retry 1: States.ALL must be alone and last",
        ),
        (machine(A=END | {"TimeoutSeconds": 60, "HeartbeatSeconds": 60}), "HeartbeatSeconds must be less"),
    ],
)
def test_finds_a_definition_that_step_functions_refuses(broken: dict[str, Any], problem: str) -> None:
    assert any(problem in found for found in transition_problems(broken))


def test_the_state_machines_of_the_stacks_are_checked_and_valid(stacks: dict[str, Stack]) -> None:
    machines = {
        one.path: one.document("definition") for one in stacks["dev"].resources("aws_sfn_state_machine")
    }
    assert len(machines["pipelines/pipeline-breast-cancer"]["States"]) > 1
    assert all(machines.values())
    assert list(STATE_MACHINE_TRANSITION.violations(stacks["dev"])) == []
