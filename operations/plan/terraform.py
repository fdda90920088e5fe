"""Terraform plan of one environment, from its synthesized stack."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from environments import load_environment
from operations.account import session_in
from operations.stack_folder import synthesized_stack
from policies.plan.planned_stack import PlannedStack, planned_stack
from policies.stack import Stack, read_stack

__all__ = ["Plan", "plan_environment"]


class Plan(NamedTuple):
    """A plan.

    Args:
        document: The output of `terraform show -json`.
        paths: The construct path of each address.
        stack: The stack, with its planned values.
    """

    document: dict[str, Any]
    paths: dict[str, str]
    stack: PlannedStack


def plan_environment(name: str, *, synthesized: Path | None = None) -> Plan:
    """Compare the stack of an environment with its account. Changes nothing, and takes no lock.

    Args:
        name: The environment.
        synthesized: A folder with the synthesized stacks; the plan is written to the stack's folder as `plan`.
            Default: the stacks are synthesized in a temporary folder.

    Raises:
        terrarium.errors.Error: The credentials are of another account, or Terraform failed.
    """
    config = load_environment(name)
    session_in(config)
    with synthesized_stack(name, synthesized=synthesized) as folder:
        folder.init()
        folder.terraform("plan", "-input=false", "-no-color", "-lock=false", "-out=plan")
        document = json.loads(folder.terraform("show", "-json", "plan"))
        stack = read_stack(folder.file, tier=config.tier)
        return Plan(document, _paths(stack), planned_stack(stack, document))


def _paths(stack: Stack) -> dict[str, str]:
    return {element.address: element.path for element in stack.elements}
