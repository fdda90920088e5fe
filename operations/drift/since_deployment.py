"""The changes of a plan that somebody made in the account, without those of the checkout."""

from collections.abc import Mapping
from typing import Any

from policies.plan.change import Change, leaves

__all__ = ["changed_since_deployment"]


def changed_since_deployment(changes: tuple[Change, ...], plan: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the changes that revert something that differs from Terraform's state.

    Args:
        changes: The changes of the plan.
        plan: The output of `terraform show -json`. Its member `resource_drift` compares the account with the state.
    """
    drifted = {drift["address"]: _changed(drift["change"]) for drift in plan.get("resource_drift", [])}
    found = []
    for change in changes:
        if change.vanished:
            found.append(change)
        elif change.action in {"update", "replace"} and change.address in drifted:
            attributes = tuple(
                attribute for attribute in change.attributes if attribute.path in drifted[change.address]
            )
            if attributes:
                found.append(change._replace(attributes=attributes))
    return tuple(found)


def _changed(change: Mapping[str, Any]) -> set[str]:
    """Return the paths of the attributes that differ, without indexes of blocks."""
    before, after = dict(leaves(change["before"])), dict(leaves(change["after"]))
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
