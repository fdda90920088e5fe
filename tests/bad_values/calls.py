"""Calls with bad values, each determined by a seed and its number."""

import inspect
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.bad_values.callables import Target
from tests.bad_values.values import BadValue
from tests.bad_values.world import World

__all__ = ["Call", "call_of"]

_MOSTLY = 0.75  # of bad values are of a type that the annotation names
_KINDS = {
    "text": r"\bstr\b",
    "path": r"\bPath|PathLike",
    "number": r"\b(int|float|bool)\b",
    "time": r"\b(datetime|timedelta|date)\b",
    "container": r"\b(Sequence|Mapping|Iterable|tuple|list|dict)\b",
    "frame": r"\bAny\b",
}
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Call:
    """A call that was put together.

    Attributes:
        target: What is called.
        arguments: By position.
        keywords: By name.
        text: The call as a reader would write it.
    """

    target: Target
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    text: str

    @property
    def fits(self) -> bool:
        """Return whether Python accepts the arguments for the signature."""
        try:
            self.target.signature.bind(*self.arguments, **self.keywords)
        except TypeError:
            return False
        return True


def call_of(
    seed: int, number: int, *, targets: Sequence[Target], bad: Sequence[BadValue], world: World
) -> Call:
    """Return the call of this number: bad values for one or two parameters, right values for the others."""
    chance = random.Random(f"{seed}:{number}")
    target = chance.choice(targets)
    parameters = list(target.signature.parameters.values())
    spoilt = _spoilt(chance, parameters)
    arguments: list[Any] = []
    keywords: dict[str, Any] = {}
    shown: list[str] = []
    for parameter in parameters:
        value, label = _value(
            chance, target, parameter, spoilt=parameter.name in spoilt, bad=bad, world=world
        )
        if label is None:
            continue
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            keywords["parameter"] = value
            shown.append(f"parameter={label}")
        elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            arguments.append(value)
            shown.append(f"*[{label}]")
        elif parameter.kind in _POSITIONAL and len(arguments) == len(shown):
            arguments.append(value)
            shown.append(f"{parameter.name}={label}")
        elif parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            continue
        else:
            keywords[parameter.name] = value
            shown.append(f"{parameter.name}={label}")
    if chance.random() < 0.01:
        keywords["no_such_parameter"] = 1
        shown.append("no_such_parameter=1")
    return Call(target, tuple(arguments), keywords, f"{target.name}({', '.join(shown)})")


@cache
def _kinds(annotation: str) -> frozenset[str]:
    """Return the kinds of values that an annotation may take: deeper faults hide behind values of the right type."""
    found = {kind for kind, pattern in _KINDS.items() if re.search(pattern, annotation)}
    return frozenset(found or {"text", "path", "number", "time", "container", "frame", "object"})


def _fitting(parameter: inspect.Parameter, bad: Sequence[BadValue]) -> Sequence[BadValue]:
    kinds = _kinds(str(parameter.annotation))
    return [one for one in bad if one.kind in kinds]


def _spoilt(chance: random.Random, parameters: Sequence[inspect.Parameter]) -> set[str]:
    names = [parameter.name for parameter in parameters]
    return set(chance.sample(names, min(len(names), chance.choice((1, 1, 1, 2)))))


def _value(
    chance: random.Random,
    target: Target,
    parameter: inspect.Parameter,
    *,
    spoilt: bool,
    bad: Sequence[BadValue],
    world: World,
) -> tuple[Any, str | None]:
    if spoilt:
        return _bad(chance, target, parameter, bad=bad, world=world)
    optional = parameter.default is not inspect.Parameter.empty or parameter.kind in (
        inspect.Parameter.VAR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
    )
    if optional and chance.random() < 0.85:
        return None, None
    value = world.value(target.name, parameter)
    if value is not inspect.Parameter.empty:
        return value, "<right>"
    if optional:
        return None, None
    return _bad(chance, target, parameter, bad=bad, world=world)


def _bad(
    chance: random.Random,
    target: Target,
    parameter: inspect.Parameter,
    *,
    bad: Sequence[BadValue],
    world: World,
) -> tuple[Any, str]:
    chosen = chance.choice(_fitting(parameter, bad) if chance.random() < _MOSTLY else bad)
    match chance.random():
        case pick if pick < 0.1:
            return [chosen.make()], f"[<{chosen.label}>]"
        case pick if pick < 0.15:
            return {"name": chosen.make()}, f"{{'name': <{chosen.label}>}}"
        case pick if pick < 0.2:
            other = chance.choice(sorted(world.subjects))
            return world.subjects[other], f"<{other}>"
        case pick if pick < 0.25:
            right = world.value(target.name, parameter)
            if isinstance(right, list | tuple):
                return [*right, chosen.make()], f"[*right, <{chosen.label}>]"
            if isinstance(right, str) and isinstance(chosen.make(), str):
                return right + chosen.make(), f"<right> + <{chosen.label}>"
    return chosen.make(), f"<{chosen.label}>"
