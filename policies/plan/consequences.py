"""Consequences of a change: what it costs the users of an environment, by the type of the resource."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from policies.plan.change import Change, leaves
from policies.plan.effects.effect import Effect, TypeEffects
from policies.plan.effects.generic import generic_effect
from policies.plan.effects.types import TYPES, UNCLASSIFIED

__all__ = ["effects_of"]

_LONGEST = 120
_INDEX = re.compile(r"\.\d+(?=\.|$)")
_TAGS = re.compile(r"tags(_all)?(\.|$)")

Values = Mapping[str, list[Any]]


def effects_of(change: Change) -> tuple[Effect, ...]:
    """Return the effects of a change on the users of the environment; empty if it has none.

    A type that neither `policies/plan/effects` nor an extension knows gets the worst effect of a deletion. Attributes
    without a rule of their own are compared by rules for all types.
    """
    effects = _effects_of_type(change)
    if change.action == "delete":
        return (effects.deleted,) if effects.deleted else ()
    if change.action == "replace":
        harmless = effects.replaced is None or (effects.gapless and change.created_first)
        return () if harmless or effects.replaced is None else (effects.replaced,)
    if change.action == "update":
        return tuple(dict.fromkeys(_updated(change)))
    return ()


def _effects_of_type(change: Change) -> TypeEffects:
    return TYPES.get(change.kind) or change.declared or UNCLASSIFIED


def _updated(change: Change) -> Iterator[Effect]:
    rules = _effects_of_type(change).updated
    before, after = _grouped(change.before), _grouped(change.after)
    unknown = {_INDEX.sub(".*", path) for path, pending in leaves(change.unknown) if pending}
    secret = {_INDEX.sub(".*", path) for path in change.sensitive}
    for path in sorted(before.keys() | after.keys()):
        if path in unknown or _TAGS.match(path):
            continue
        rule = rules.get(path) or rules.get(path.partition(".")[0])
        for old, new in _differences(before.get(path, []), after.get(path, [])):
            effect = rule(old, new) if rule else None if path in secret else generic_effect(path, old, new)
            if effect is not None:
                values = "" if path in secret else _values(old, new)
                yield Effect(effect.consequence, f"{effect.text} ({path.replace('.*', '')}{values})")


def _grouped(values: Mapping[str, Any]) -> Values:
    """Return the values by path, with `*` for the indexes of blocks, whose order may change without an effect."""
    grouped: dict[str, list[Any]] = {}
    for path, value in leaves(values):
        grouped.setdefault(_INDEX.sub(".*", path), []).append(value)
    return grouped


def _differences(before: list[Any], after: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield pairs of values that differ: lists as one, others without those that both sides have."""
    if any(isinstance(value, list) for value in (*before, *after)):
        old, new = ([one for value in side for one in _members(value)] for side in (before, after))
        if old != new:
            yield old, new
        return
    common = Counter(map(repr, before)) & Counter(map(repr, after))
    yield from zip_longest(_without(before, common), _without(after, common))


def _values(before: Any, after: Any) -> str:
    if isinstance(before, list) or isinstance(after, list):
        return ""  # the rule names the lost members
    values = f": {json.dumps(before)} -> {json.dumps(after)}"
    return values if len(values) <= _LONGEST else ""


def _members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _without(values: list[Any], common: Counter[str]) -> list[Any]:
    left = Counter(common)
    kept = []
    for value in values:
        if left[repr(value)]:
            left[repr(value)] -= 1
        else:
            kept.append(value)
    return kept
