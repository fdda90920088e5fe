"""Changes of fields: what a deployment does with them. Each field of a section declares it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

__all__ = ["IN_PLACE", "Case", "Change", "Effect", "change_between"]

Effect = Literal[
    "in place",
    "in place with interruption",
    "replaced without interruption",
    "replaced with interruption",
    "deleted",
    "refused",
]
"""What a deployment does.

`in place`: resources stay, and what users run goes on. `in place with interruption`: resources stay, but do not answer
for a while. `replaced`: new resources take the place of the old ones. `deleted`: resources are deleted with what they
hold. `refused`: the plan fails, and nothing changes.
"""

Case = Literal["changed", "higher", "lower", "lower major version", "removed", "switched off"]
"""The changes that a declaration is about. `removed`: the value, or items of a list or table. `switched off`: from
true, the default, to false."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """The way in which a deployment applies a change of a field.

    Args:
        effect: What a deployment does.
        how: What to know, or what to do first.
        case: The changes that this is about. A field may declare several cases: the first that matches applies.
        while_used: A field of the same section that lists items: the declaration is about items that stay in it.
        while_deployed: A field of the same section that is true or false: the declaration is about environments in
            which it is deployed as true.
    """

    effect: Effect
    how: str = ""
    case: Case = "changed"
    while_used: str | None = None
    while_deployed: str | None = None


IN_PLACE: Final = Change(effect="in place")


def change_between(
    old: Any, new: Any, declared: Sequence[Change], *, sections: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Change:
    """Return the declaration that applies to the change of a field from `old` to `new`.

    Args:
        old: The deployed value, as JSON.
        new: The new value, as JSON.
        declared: What the field declares.
        sections: The deployed section of the field, and the new one.
    """
    return next(
        change
        for change in declared
        if _matches(change.case, old, new)
        and (change.while_used is None or _names(sections[0], change) & _names(sections[1], change))
        and (change.while_deployed is None or sections[0].get(change.while_deployed))
    )


def _matches(case: Case, old: Any, new: Any) -> bool:
    if case == "changed":
        return True
    if case == "switched off":
        return old is not False and new is False  # configurations of earlier releases do not have the field
    if case == "removed":
        return new is None or (not isinstance(old, str) and bool(set(old or ()) - set(new)))
    if old is None or new is None:
        return False  # a field that the other configuration does not have
    match case:
        case "higher":
            return bool(_order(new) > _order(old))
        case "lower":
            return bool(_order(new) < _order(old))
        case "lower major version":
            return bool(_order(new)[0] < _order(old)[0])


def _order(value: Any) -> Any:
    # Of versions, 16.11 is higher than 16.8, and 17.7 than 17.
    return tuple(map(int, value.split("."))) if isinstance(value, str) else value


def _names(section: Mapping[str, Any], change: Change) -> set[str]:
    return set(section.get(change.while_used or "", ()))
