"""Search for all privileges that an attacker with a role can gain, and the shortest path to each."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.escalation.inventory import Inventory, Role
from policies.escalation.privileges import Attacker, Step
from policies.escalation.techniques import TECHNIQUES

__all__ = ["Reach", "reach_of"]


@dataclass(frozen=True)
class Reach:
    """The privileges that an attacker with one role can gain.

    Args:
        start: The name of the role.
        steps: The first step that gains each privilege, by the name of the privilege.
        others: Other steps to privileges without a principal, such as the database's owner.
    """

    start: str
    steps: Mapping[str, Step]
    others: Mapping[str, tuple[Step, ...]]

    def path(self, privilege: str) -> tuple[Step, ...]:
        """Return the steps from the role to a privilege."""
        path: list[Step] = []
        while privilege != self.start:
            step = self.steps[privilege]
            path.insert(0, step)
            privilege = step.by
        return tuple(path)


def reach_of(role: Role, inventory: Inventory) -> Reach:
    """Return the privileges that an attacker with a role can gain, step by step.

    The attacker combines all roles: one may submit a job, and another may write the files that the job reads.
    """
    steps: dict[str, Step] = {}
    principals = [role.principal]
    while True:
        attacker = Attacker(inventory, tuple(principals))
        found = [step for technique in TECHNIQUES for step in technique(attacker)]
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
