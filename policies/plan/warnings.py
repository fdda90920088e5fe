"""Warnings of a plan for its reader: everything that it costs the users of the environment, in every tier."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from policies.plan.administrator import reserved_changes
from policies.plan.consequences import effects_of
from policies.plan.effects.effect import Consequence
from policies.plan.interruptions import effect_text
from policies.plan.planned_stack import PlannedStack
from policies.plan.withdrawals import withdrawals

__all__ = ["Concern", "PlanWarning", "plan_warnings"]

Concern = Consequence | Literal["administrator", "withdrawal"]


class PlanWarning(NamedTuple):
    """One cost of a plan.

    Args:
        concern: What it costs: data, a service, a protection, a permission, capacity, or an administrator's time.
        address: The Terraform address of the resource.
        text: The effect, as a sentence without a full stop.
    """

    concern: Concern
    address: str
    text: str


def plan_warnings(stack: PlannedStack) -> Iterator[PlanWarning]:
    """Yield the warnings of a plan."""
    for address, what in reserved_changes(stack):
        yield PlanWarning(
            "administrator", address, f"the plan changes {what}, which ci-deploy may not change"
        )
    for change in stack.changes:
        for effect in effects_of(change):
            yield PlanWarning(effect.consequence, change.address, effect_text(change, effect))
    for withdrawn in withdrawals(stack):
        yield PlanWarning("withdrawal", withdrawn.address, withdrawn.text)
