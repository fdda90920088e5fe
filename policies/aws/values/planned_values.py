"""Stack in which planned values replace references, without other parts of the plan.

A plan also contains computed attributes, which the provider does not send to AWS.
"""

from collections.abc import Mapping
from typing import Any

from policies.plan.planned_stack import PlannedStack
from policies.stack import Stack

__all__ = ["with_planned_values"]


def with_planned_values(stack: Stack, planned: PlannedStack) -> Stack:
    """Return the stack with planned values in place of its references, where the plan contains them."""
    resources = {
        kind: {
            logical_id: _laid_over(body, planned.document["resource"].get(kind, {}).get(logical_id))
            for logical_id, body in bodies.items()
        }
        for kind, bodies in stack.document["resource"].items()
    }
    return Stack(name=stack.name, tier=stack.tier, document={**stack.document, "resource": resources})


def _laid_over(stated: Any, planned: Any) -> Any:
    if isinstance(stated, Mapping):
        if isinstance(planned, list) and len(planned) == 1:
            planned = planned[0]  # a block, which plans list
        known = planned if isinstance(planned, Mapping) else {}
        return {name: _laid_over(value, known.get(name)) for name, value in stated.items()}
    if isinstance(stated, list):
        known_items = planned if isinstance(planned, list) and len(planned) == len(stated) else []
        return [
            _laid_over(value, known_items[index] if known_items else None)
            for index, value in enumerate(stated)
        ]
    if isinstance(stated, str) and "${" in stated and isinstance(planned, str | int | float | list):
        return planned
    return stated
