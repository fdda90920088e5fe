"""A policy of our own: a rule over one stack, and what to do when it is broken."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from policies.stack import Resource, Stack

__all__ = ["Policy", "Violation"]

Judged = TypeVar("Judged", bound=Stack)


class Violation(NamedTuple):
    """A resource that breaks a rule, and how."""

    resource: Resource
    problem: str


@dataclass(frozen=True)
class Policy(Generic[Judged]):
    """One rule.

    Args:
        id: What waivers name it by.
        title: What must hold.
        remedy: How to mend a violation.
        violations: Finds what breaks it.
        answers: Checks of other tools that ask for less, or for a worse way: where a resource keeps to this policy,
            what they find about it is no finding.
    """

    id: str
    title: str
    remedy: str
    violations: Callable[[Judged], Iterable[Violation]]
    answers: frozenset[str] = frozenset()
