"""A policy of our own: a rule over one stack, and what to do when it is broken."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from policies.stack import Resource, Stack

__all__ = ["Policy", "Violation"]


class Violation(NamedTuple):
    """A resource that breaks a rule, and how."""

    resource: Resource
    problem: str


@dataclass(frozen=True)
class Policy:
    """One rule.

    Args:
        id: What waivers name it by.
        title: What must hold.
        remedy: How to mend a violation.
        violations: Finds what breaks it.
    """

    id: str
    title: str
    remedy: str
    violations: Callable[[Stack], Iterable[Violation]]
