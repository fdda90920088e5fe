"""Terraform types whose effects are known."""

from collections.abc import Mapping

from policies.plan.effects.compute import COMPUTE
from policies.plan.effects.effect import Effect, TypeEffects
from policies.plan.effects.network import NETWORK
from policies.plan.effects.services import SERVICES
from policies.plan.effects.stores import STORES

__all__ = ["DATA_TYPES", "TYPES", "UNCLASSIFIED"]

TYPES: Mapping[str, TypeEffects] = {**NETWORK, **STORES, **COMPUTE, **SERVICES}

DATA_TYPES = frozenset(kind for kind, effects in TYPES.items() if effects.holds_data)
"""Types that hold data: it is lost if Terraform deletes or replaces the resource."""

_ASSUMED = Effect(
    "interruption",
    "its type is not in policies/plan/effects: data in it is lost, and what uses it fails",
)
UNCLASSIFIED = TypeEffects(replaced=_ASSUMED, deleted=_ASSUMED)
"""The effects of other types: the worst is assumed."""
