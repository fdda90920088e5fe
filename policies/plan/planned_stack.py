"""Stack with planned values: the values that Terraform computed replace references, where they are known."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policies.extensions import declared_effects
from policies.plan.change import Change, changes_of, leaves
from policies.stack import Resource, Stack

__all__ = ["PlannedStack", "planned_stack"]


@dataclass(frozen=True)
class PlannedStack(Stack):
    """A stack with its values as planned, and the plan itself.

    Args:
        plan: The output of `terraform show -json`.
    """

    plan: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes of the plan."""
        return changes_of(self.plan, declared=declared_effects(self.document))

    @cached_property
    def settled(self) -> frozenset[str]:
        """The logical ids of deployed resources that the plan does not change: all their values are known."""
        return frozenset(
            resource["name"]
            for resource in self.plan.get("resource_changes", [])
            if resource["change"]["actions"] == ["no-op"]
        )

    def at(self, address: str) -> Resource:
        """Return the resource with an address; for one that the stack no longer contains, only the address is known."""
        kind, _, logical_id = address.partition(".")
        return self.by_id.get(logical_id) or Resource(kind=kind, id=logical_id, path=address, attributes={})


def planned_stack(stack: Stack, plan: Mapping[str, Any]) -> PlannedStack:
    """Return the stack with the values of its plan.

    An argument keeps its synthesized value, with references, if any part of it is known only after the deployment.
    """
    document = copy.deepcopy(dict(stack.document))
    unknown = {
        change["address"]: change["change"].get("after_unknown") or {}
        for change in plan.get("resource_changes", [])
    }
    for planned in plan["planned_values"]["root_module"].get("resources", []):
        body = document["resource"].get(planned["type"], {}).get(planned["name"])
        if body is None:
            continue
        pending = unknown.get(planned["address"], {})
        body.update(
            {
                argument: value
                for argument, value in planned.get("values", {}).items()
                if value is not None
                and not any(marked for _, marked in leaves(pending.get(argument), argument))
            }
        )
    return PlannedStack(name=stack.name, tier=stack.tier, document=document, plan=plan)
