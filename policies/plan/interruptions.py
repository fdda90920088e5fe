"""Policies `interruption` and `protection-lifted`: changes that lose no data, but a service or a protection."""

from collections.abc import Callable, Iterator

from policies.plan.change import Change
from policies.plan.consequences import effects_of
from policies.plan.effects.effect import Consequence, Effect
from policies.plan.planned_stack import PlannedStack
from policies.policy import Policy, Violation

__all__ = ["POLICIES", "effect_text"]


def effect_text(change: Change, effect: Effect) -> str:
    """Return the action that has an effect, what forces it, and the effect."""
    forcing = ", ".join(f"{one.path} ({one.account} -> {one.stack})" for one in change.forced_by)
    action = {"replace": "the plan replaces it", "delete": "the plan deletes it"}.get(
        change.action, "the plan changes it"
    )
    return f"{action} because of {forcing}: {effect.text}" if forcing else f"{action}: {effect.text}"


def _with(consequence: Consequence) -> Callable[[PlannedStack], Iterator[Violation]]:
    def violations(stack: PlannedStack) -> Iterator[Violation]:
        if stack.tier == "disposable":
            return
        for change in stack.changes:
            for effect in effects_of(change):
                if effect.consequence == consequence:
                    yield Violation(stack.at(change.address), effect_text(change, effect))

    return violations


_DELETED = "an administrator deploys the deletion of a construct (`cdktf deploy <environment>`)"

POLICIES: tuple[Policy[PlannedStack], ...] = (
    Policy(
        "protection-lifted",
        "Outside of disposable environments, no deployment lifts a protection or ends a record",
        "leave the value to the tier; if you must lift it, waive this finding beside the construct for one day; "
        f"{_DELETED}",
        _with("protection"),
    ),
    Policy(
        "interruption",
        "Outside of disposable environments, no deployment interrupts users",
        "keep the deployed value of the attribute that forces it; if you want the change, warn the users of the "
        f"environment, and waive this finding beside the construct for the day of the deployment; {_DELETED}",
        _with("interruption"),
    ),
)
