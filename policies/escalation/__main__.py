"""`python -m policies.escalation`: print what each role of each environment can come to, and every forbidden way."""

from pathlib import Path
from tempfile import TemporaryDirectory

from policies.escalation.estate import Estate
from policies.escalation.policy import forbidden
from policies.escalation.search import Reach, reach_of
from policies.verdict import synthesized

__all__ = ["main"]


def main() -> None:
    """Synthesize the stacks of the checkout and print the powers of their roles."""
    with TemporaryDirectory(prefix="terrarium-escalation-") as folder:
        for stack in synthesized(Path(folder)):
            estate = Estate(stack)
            for role in estate.roles.values():
                _print(stack.name, reach_of(role, estate))


def _print(environment: str, reach: Reach) -> None:
    print(f"{environment} {reach.start}: {', '.join(sorted(reach.steps)) or 'itself only'}")
    for power in sorted(forbidden(reach.start) & reach.steps.keys()):
        path = " > ".join(f"{step.by} {step.how}" for step in reach.path(power))
        print(f"  FORBIDDEN {power}: {path}")
        for step in reach.others.get(power, ()):
            print(f"    also: {step.by} {step.how}")


if __name__ == "__main__":
    main()
