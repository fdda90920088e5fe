"""Policies about plans: lost data, interruptions, lifted protection, and changes for an administrator."""

from collections.abc import Iterator

from policies.plan import administrator, interruptions
from policies.plan.change import Change
from policies.plan.planned_stack import PlannedStack
from policies.policy import Policy, Violation

__all__ = ["PLAN_POLICIES"]


def _lost_data(stack: PlannedStack) -> Iterator[Violation]:
    for change in stack.changes:
        if change.loses_data:
            yield Violation(stack.at(change.address), _loss(change))


def _loss(change: Change) -> str:
    if change.action == "delete":
        return "the plan destroys it and its data: the stack no longer has a resource with its construct path"
    forcing = ", ".join(f"{forced.path} ({forced.account} -> {forced.stack})" for forced in change.forced_by)
    return f"the plan replaces it, and its data is lost; forced by {forcing or 'its mark as tainted'}"


PLAN_POLICIES: tuple[Policy[PlannedStack], ...] = (
    Policy(
        "data-loss",
        "No deployment deletes or replaces a resource that holds data",
        "keep the deployed names and construct paths; if a construct only moved, move it in the state "
        "(`terraform state mv`); if the data must go, an administrator deletes it by hand (docs/guides/deploy.md)",
        _lost_data,
    ),
    *interruptions.POLICIES,
    *administrator.POLICIES,
)
