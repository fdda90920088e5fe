"""Policy of the kit: a rule for one stack, and the remedy for its violations."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from policies.stack import Resource, Stack

__all__ = ["Policy", "Violation"]

Judged = TypeVar("Judged", bound=Stack)


class Violation(NamedTuple):
    """A resource that violates a rule, and the problem."""

    resource: Resource
    problem: str


@dataclass(frozen=True)
class Policy(Generic[Judged]):
    """One rule.

    Args:
        id: The id that waivers use.
        title: The rule in one sentence.
        remedy: How to fix a violation.
        violations: A function that yields the violations in a stack.
        answers: Weaker checks of other tools. If a resource complies with this policy, their findings about it are
            dropped.
    """

    id: str
    title: str
    remedy: str
    violations: Callable[[Judged], Iterable[Violation]]
    answers: frozenset[str] = frozenset()
