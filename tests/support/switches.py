"""Combinations of switches: a small set in which each two switches have every pair of positions."""

from collections.abc import Collection, Mapping
from itertools import combinations
from typing import Any

from environments import Environment
from terrarium.manifest import Capability
from tests.support.planned_changes import with_changes

__all__ = ["EVERYTHING_OFF", "SWITCHES", "pairwise", "switched_off"]

SWITCHES: Mapping[Capability, str] = {
    "audit": "audit.enabled",
    "budget": "observability.budget",
    "features": "features.enabled",
    "pipelines": "training_pipelines.enabled",
    "registry": "registry.enabled",
    "tunnel": "tunnel.enabled",
    "workbench": "workbench.enabled",
}
"""The field that switches a capability off."""

EVERYTHING_OFF: frozenset[Capability] = frozenset(SWITCHES)
"""The smallest environment."""


def pairwise() -> tuple[frozenset[Capability], ...]:
    """Return combinations of capabilities that are off.

    Nothing is off in the first one. In the other five, each switch is off in another three of them: two different
    choices of three among five share one, and each has one that the other lacks. So up to ten switches need six rows
    (Kleitman and Spencer, "Families of k-independent sets", 1973).
    """
    off_in = dict(zip(sorted(SWITCHES), combinations(range(5), 3), strict=False))
    return (frozenset(), *(frozenset(one for one in off_in if row in off_in[one]) for row in range(5)))


def switched_off(config: Environment, disabled: Collection[Capability]) -> Environment:
    """Return the environment without some capabilities."""
    changes: dict[str, Any] = {SWITCHES[capability]: False for capability in disabled}
    if "pipelines" in disabled:
        changes["pipelines"] = []
    return with_changes(config, changes)
