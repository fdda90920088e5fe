"""Program `python -m policies.escalation`: prints the privileges that each role can gain, and all forbidden paths."""

from pathlib import Path
from tempfile import TemporaryDirectory

from policies.escalation.inventory import Inventory
from policies.escalation.policy import forbidden
from policies.escalation.reach import Reach, reach_of
from policies.verdict import synthesized

__all__ = ["main"]


def main() -> None:
    """Synthesize the stacks of the checkout, and print the privileges that their roles can gain."""
    with TemporaryDirectory(prefix="terrarium-escalation-") as folder:
        for stack in synthesized(Path(folder)):
            inventory = Inventory(stack)
            for role in inventory.roles.values():
                _print(stack.name, reach_of(role, inventory))


def _print(environment: str, reach: Reach) -> None:
    print(f"{environment} {reach.start}: {', '.join(sorted(reach.steps)) or 'itself only'}")
    for privilege in sorted(forbidden(reach.start) & reach.steps.keys()):
        path = " > ".join(f"{step.by} {step.how}" for step in reach.path(privilege))
        print(f"  FORBIDDEN {privilege}: {path}")
        for step in reach.others.get(privilege, ()):
            print(f"    also: {step.by} {step.how}")


if __name__ == "__main__":
    main()
