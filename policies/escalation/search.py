"""Search: every power that somebody who holds a role can come to, and the shortest path to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.escalation.estate import Estate, Role
from policies.escalation.powers import Gained, Step
from policies.escalation.techniques import TECHNIQUES

__all__ = ["Reach", "reach_of"]


@dataclass(frozen=True)
class Reach:
    """The powers that one role can come to.

    Args:
        start: The role's name.
        steps: The first step that leads to each power, by the power's name.
        others: Further steps to powers that are ends, such as the database's owner.
    """

    start: str
    steps: Mapping[str, Step]
    others: Mapping[str, tuple[Step, ...]]

    def path(self, power: str) -> tuple[Step, ...]:
        """Return the steps from the role to a power."""
        path: list[Step] = []
        while power != self.start:
            step = self.steps[power]
            path.insert(0, step)
            power = step.by
        return tuple(path)


def reach_of(role: Role, estate: Estate) -> Reach:
    """Return what somebody who holds a role can come to, step by step.

    All that was gained is used together: one role may submit the job, another write what it reads.
    """
    steps: dict[str, Step] = {}
    principals = [role.principal]
    while True:
        gained = Gained(estate, tuple(principals))
        found = [step for technique in TECHNIQUES for step in technique(gained)]
        new: dict[str, Step] = {}
        for step in found:
            if step.to.name not in steps and step.to.name != role.name:
                new.setdefault(step.to.name, step)
        if not new:
            return Reach(role.name, steps, _others(found, steps))
        steps |= new
        principals += [step.to.principal for step in new.values() if step.to.principal is not None]


def _others(found: list[Step], steps: Mapping[str, Step]) -> Mapping[str, tuple[Step, ...]]:
    ends: dict[str, tuple[Step, ...]] = {}
    for step in found:
        if step.to.principal is None and step != steps.get(step.to.name):
            ends[step.to.name] = (*ends.get(step.to.name, ()), step)
    return ends
