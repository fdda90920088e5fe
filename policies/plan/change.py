"""Changes of resources in a Terraform plan."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from policies.plan.effects.effect import TypeEffects
from policies.plan.effects.types import DATA_TYPES, TYPES

__all__ = ["UNKNOWN", "Attribute", "Change", "changes_of", "leaves"]

UNKNOWN = "(known after apply)"
"""The text that is shown for a value that AWS assigns."""

Action = Literal["create", "update", "replace", "delete"]

_LONGEST_VALUE = 120


class Attribute(NamedTuple):
    """An attribute with its value in the account and in the stack, as text without sensitive values."""

    path: str
    account: str
    stack: str


class Change(NamedTuple):
    """The change of one resource that Terraform plans.

    Args:
        address: The Terraform address of the resource.
        action: The planned action.
        attributes: The attributes that differ; empty where a resource is created or deleted.
        vanished: Whether the resource is in Terraform's state, and no longer in the account.
        forced_by: The attributes that force a replacement.
        created_first: Whether the new resource of a replacement is created before the old one is deleted.
        before: The values in the account.
        after: The planned values, without the unknown ones.
        unknown: The planned values that are known only after the deployment, as Terraform marks them.
        sensitive: The paths of values that are not shown.
        declared: The effects of its type, if only an extension uses the type.
    """

    address: str
    action: Action
    attributes: tuple[Attribute, ...]
    vanished: bool
    forced_by: tuple[Attribute, ...] = ()
    created_first: bool = False
    before: Mapping[str, Any] = MappingProxyType({})
    after: Mapping[str, Any] = MappingProxyType({})
    unknown: Mapping[str, Any] = MappingProxyType({})
    sensitive: frozenset[str] = frozenset()
    declared: TypeEffects | None = None

    @property
    def kind(self) -> str:
        """The Terraform type of the resource."""
        return self.address.partition(".")[0]

    @property
    def loses_data(self) -> bool:
        """True if the change deletes or replaces a resource that holds data."""
        if self.action not in {"replace", "delete"}:
            return False
        return self.kind in DATA_TYPES or (self.declared is not None and self.declared.holds_data)


def changes_of(
    plan: Mapping[str, Any], *, declared: Mapping[str, TypeEffects] = MappingProxyType({})
) -> tuple[Change, ...]:
    """Return the changes of a plan.

    Args:
        plan: The output of `terraform show -json`. Source: developer.hashicorp.com, "JSON Output Format".
        declared: The effects of types that extensions declare.
    """
    vanished = {
        drift["address"]
        for drift in plan.get("resource_drift", [])
        if drift["change"]["actions"] == ["delete"]
    }
    return tuple(
        _change(resource, action, vanished=resource["address"] in vanished, declared=declared)
        for resource in plan.get("resource_changes", [])
        if (action := _action(resource["change"]["actions"])) is not None
    )


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the non-empty leaves of a Terraform value with their paths, through blocks and lists of blocks."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}.{index}")
    elif value not in (None, {}, []):
        yield path, value


def _change(
    resource: Mapping[str, Any],
    action: Action,
    *,
    vanished: bool,
    declared: Mapping[str, TypeEffects],
) -> Change:
    change = resource["change"]
    kind = resource["address"].partition(".")[0]
    attributes = tuple(_attributes(change)) if action in {"update", "replace"} else ()
    forcing = [".".join(str(step) for step in path) for path in change.get("replace_paths", [])]
    return Change(
        address=resource["address"],
        action=action,
        attributes=attributes,
        vanished=vanished,
        forced_by=tuple(
            attribute for attribute in attributes if any(_within(attribute.path, path) for path in forcing)
        ),
        created_first=change["actions"] == ["create", "delete"],
        before=change.get("before") or {},
        after=change.get("after") or {},
        unknown=change.get("after_unknown") or {},
        sensitive=_sensitive(change),
        declared=None if kind in TYPES else declared.get(kind),
    )


def _within(path: str, outer: str) -> bool:
    return path == outer or path.startswith(f"{outer}.")


def _action(actions: list[str]) -> Action | None:
    if set(actions) == {"create", "delete"}:
        return "replace"
    for action in ("create", "update", "delete"):
        if actions == [action]:
            return action
    return None


def _attributes(change: Mapping[str, Any]) -> Iterator[Attribute]:
    before, after = dict(leaves(change["before"])), dict(leaves(change["after"]))
    unknown = dict(leaves(change.get("after_unknown")))
    secret = _sensitive(change)
    for path in sorted(before.keys() | after.keys() | unknown.keys()):
        if unknown.get(path):
            yield Attribute(path, _shown(before.get(path), secret=path in secret), UNKNOWN)
        elif before.get(path) != after.get(path):
            # A whole block may be sensitive without marks on its attributes.
            hidden = any(_within(path, one) for one in secret)
            yield Attribute(
                path, _shown(before.get(path), secret=hidden), _shown(after.get(path), secret=hidden)
            )


def _sensitive(change: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        path
        for side in ("before_sensitive", "after_sensitive")
        for path, value in leaves(change.get(side))
        if value is True
    )


def _shown(value: Any, *, secret: bool) -> str:
    if secret:
        return "(sensitive)"
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
