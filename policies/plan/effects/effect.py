"""Effect of a change, and the rules that find the effects of updated attributes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

__all__ = [
    "Consequence",
    "Effect",
    "TypeEffects",
    "Update",
    "changed",
    "holds_data",
    "interrupts",
    "lost",
    "lower",
    "no_effect",
    "no_rule",
    "off",
    "protects",
    "removed",
]

Consequence = Literal["data-loss", "interruption", "protection", "reduction"]
"""What a change costs: data, a service that is in use, a protection or a record, or a part of a capacity."""

Update = Callable[[Any, Any], "Effect | None"]
"""A rule for an attribute: it gets the value in the account and the planned value."""


_NONE: Mapping[str, Update] = MappingProxyType({})


class Effect(NamedTuple):
    """Cost of a change: its kind, and the effect on users as a sentence without a full stop."""

    consequence: Consequence
    text: str


@dataclass(frozen=True)
class TypeEffects:
    """The effects of the changes of a Terraform type.

    Args:
        replaced: The effect of a replacement; None if nothing that is in use depends on the resource.
        deleted: The effect of a deletion.
        gapless: A replacement has no effect if Terraform creates the new resource before it deletes the old one.
        updated: Rules by attribute. An index of a block is written as `*`: `rule.*.days`.
    """

    replaced: Effect | None
    deleted: Effect | None
    gapless: bool = False
    updated: Mapping[str, Update] = field(default_factory=dict)

    @property
    def holds_data(self) -> bool:
        """True if data is lost with the resource."""
        return self.deleted is not None and self.deleted.consequence == "data-loss"


def interrupts(
    deleted: str, *, replaced: str | None = None, gapless: bool = False, updated: Mapping[str, Update] = _NONE
) -> TypeEffects:
    """Return the effects of a type that something in use depends on.

    Args:
        deleted: The effect of a deletion.
        replaced: The effect of a replacement; empty if it has none. Default: that of a deletion.
        gapless: A replacement that is created first has no effect.
        updated: Rules by attribute.
    """
    return _of("interruption", deleted, replaced, gapless=gapless, updated=updated)


def protects(
    deleted: str, *, replaced: str | None = None, gapless: bool = False, updated: Mapping[str, Update] = _NONE
) -> TypeEffects:
    """Return the effects of a type that protects or records something."""
    return _of("protection", deleted, replaced, gapless=gapless, updated=updated)


def holds_data(deleted: str, *, updated: Mapping[str, Update] = _NONE) -> TypeEffects:
    """Return the effects of a type whose data is lost with it."""
    return _of("data-loss", deleted, None, gapless=False, updated=updated)


def no_effect(*, updated: Mapping[str, Update] = _NONE) -> TypeEffects:
    """Return the effects of a type that nothing in use depends on."""
    return TypeEffects(None, None, updated=updated)


def no_rule(before: Any, after: Any) -> Effect | None:  # noqa: ARG001 - it has the signature of a rule
    """Return no effect: the attribute is exempt from the rules for all types."""
    return None


def off(value: object, effect: str, *, consequence: Consequence = "interruption") -> Update:
    """Return a rule for an attribute that is set to the value that switches something off."""
    return lambda before, after: Effect(consequence, effect) if after == value and before != value else None


def removed(effect: str, *, consequence: Consequence = "interruption") -> Update:
    """Return a rule for an attribute that the new value leaves out."""
    return lambda before, after: (
        Effect(consequence, effect) if before not in (None, "", False) and not after else None
    )


def changed(effect: str, *, consequence: Consequence = "interruption") -> Update:
    """Return a rule for an attribute whose every change has the effect."""
    return lambda before, after: Effect(consequence, effect) if before != after else None


def lower(effect: str, *, consequence: Consequence = "reduction") -> Update:
    """Return a rule for a number that gets lower."""

    def rule(before: Any, after: Any) -> Effect | None:
        if isinstance(before, int | float) and not isinstance(after, str | list) and (after or 0) < before:
            return Effect(consequence, effect)
        return None

    return rule


def lost(effect: str, *, consequence: Consequence = "reduction") -> Update:
    """Return a rule for a list that loses members."""

    def rule(before: Any, after: Any) -> Effect | None:
        gone = [one for one in before if one not in (after or [])] if isinstance(before, list) else []
        if not gone:
            return None
        return Effect(consequence, f"{effect}: {', '.join(map(str, gone))}")

    return rule


def _of(
    consequence: Consequence,
    deleted: str,
    replaced: str | None,
    *,
    gapless: bool,
    updated: Mapping[str, Update],
) -> TypeEffects:
    effect = deleted if replaced is None else replaced
    return TypeEffects(
        replaced=Effect(consequence, effect) if effect else None,
        deleted=Effect(consequence, deleted),
        gapless=gapless,
        updated=updated,
    )
