"""Planned values are checked where a plan knows them, and what the provider adds is not."""

import copy
from typing import Any

import pytest

from policies.aws.values.findings import ValueCheck
from policies.aws.values.planned_values import with_planned_values
from policies.plan.planned_stack import PlannedStack, planned_stack
from policies.stack import Stack

GROUP = "aws_security_group"


def planned(stack: Stack, values: dict[str, Any]) -> PlannedStack:
    """A plan in which the first security group has these values."""
    name = next(iter(stack.document["resource"][GROUP]))
    resource = {"address": f"{GROUP}.{name}", "type": GROUP, "name": name, "values": values}
    return planned_stack(stack, {"planned_values": {"root_module": {"resources": [resource]}}})


@pytest.fixture
def stack(stacks: dict[str, Stack]) -> Stack:
    """The stack of `dev` with a security group whose description only a plan knows."""
    document = copy.deepcopy(dict(stacks["dev"].document))
    group = next(iter(document["resource"][GROUP].values()))
    group["description"] = "${upper(aws_vpc.network.id)}"
    return Stack(name="dev", tier="disposable", document=document)


def test_planned_values_are_checked(stack: Stack, value_check: ValueCheck) -> None:
    looked_at = with_planned_values(stack, planned(stack, {"description": "It's known"}))
    found = {(problem.argument, problem.rule) for problem in value_check.problems(looked_at, kinds={GROUP})}
    assert found == {("description", "E3031")}


def test_attributes_that_the_provider_adds_are_not_checked(stack: Stack, value_check: ValueCheck) -> None:
    looked_at = with_planned_values(stack, planned(stack, {"description": "fine", "name_prefix": ""}))
    assert list(value_check.problems(looked_at, kinds={GROUP})) == []
