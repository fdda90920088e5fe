"""Constraints of botocore's models on a value and its members.

The sandbox checks requests with the same models (`terrarium_sandbox.validation`), the same dialect of patterns and the
same list of constraints that AWS does not enforce. This module also reads documentation, and reports paths.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from policies.aws.values.documentation import (
    allowed_characters,
    documented_pattern,
    is_case_sensitive,
    longest,
    withdrawals,
)
from policies.aws.values.expressions import Unknown
from policies.aws.values.translation import Path
from terrarium_sandbox.validation.patterns import compile_pattern
from terrarium_sandbox.validation.unenforced_constraints import ignores_case, is_exempt

__all__ = ["Constraints", "Fault"]


class Fault(NamedTuple):
    """A value that violates a constraint: its path, the id of the rule and the problem."""

    path: Path
    rule: str
    message: str


class Constraints:
    """The constraints of one service's model.

    Args:
        service: The service, as botocore names it.
        today: The day for which withdrawn values are refused.
    """

    def __init__(self, service: str, *, today: date) -> None:
        self._service = service
        self._today = today

    def faults(self, value: Any, shape: Shape, path: Path = ()) -> Iterator[Fault]:
        """Yield the violations of constraints in a value."""
        if isinstance(value, Unknown) or value is None:
            return
        if isinstance(shape, StructureShape) and isinstance(value, Mapping):
            yield from self._missing(value, shape, path)
        elif isinstance(shape, ListShape) and isinstance(value, list):
            yield from _length(value, shape, path, "items")
        elif isinstance(shape, MapShape) and isinstance(value, Mapping):
            yield from _length(value, shape, path, "entries")
            for key in value:
                yield from self.faults(key, shape.key, (*path, key))
        elif isinstance(shape, StringShape) and isinstance(value, str):
            yield from _length(value, shape, path, "characters")
            yield from self._text(value, shape, path)
        elif shape.type_name in {"integer", "long", "float", "double"} and isinstance(value, int | float):
            yield from _range(value, shape, path)
        for item, member, there in _inside(value, shape, path):
            yield from self.faults(item, member, there)

    def stated(self, value: Any, shape: Shape, path: Path = ()) -> Iterator[Path]:
        """Yield the paths of the values for which the model has an enum, a pattern or a character set."""
        if isinstance(shape, StringShape) and isinstance(value, str):
            documentation = shape.documentation or ""
            if shape.enum or shape.metadata.get("pattern") or allowed_characters(documentation):
                yield path
        for item, member, there in _inside(value, shape, path):
            yield from self.stated(item, member, there)

    def _missing(self, value: Mapping[str, Any], shape: StructureShape, path: Path) -> Iterator[Fault]:
        for member in shape.required_members:
            made_by_the_client = shape.members[member].metadata.get("idempotencyToken")
            if member not in value and not made_by_the_client and not self._exempt(shape, member):
                yield Fault(path, "api-required", f"{member} is missing")

    def _text(self, value: str, shape: StringShape, path: Path) -> Iterator[Fault]:
        documentation = shape.documentation or ""
        any_case = ignores_case(self._service, shape.name) or not is_case_sensitive(documentation)
        allowed = [] if self._exempt(shape, "enum") else shape.enum
        if allowed and (value.upper() if any_case else value) not in allowed:
            yield Fault(path, "api-enum", f"{value!r} is not one of the values: {', '.join(allowed)}")
        pattern = shape.metadata.get("pattern") or documented_pattern(documentation)
        if pattern and not self._exempt(shape, "pattern") and not compile_pattern(pattern)(value):
            yield Fault(path, "api-pattern", f"{value!r} does not match {pattern}")
        characters = allowed_characters(documentation)
        if characters and (refused := characters.refused.search(value)):
            yield Fault(path, "api-characters", f"{value!r} has {refused[0]!r}. {characters.text}")
        withdrawal = withdrawals(documentation).get(value)
        if withdrawal and withdrawal.day <= self._today:
            yield Fault(path, "api-withdrawn", f"{value!r} can no longer be used: {withdrawal.text}")

    def _exempt(self, shape: Shape, constraint: str) -> bool:
        return is_exempt(self._service, shape.name, constraint)


def _inside(value: Any, shape: Shape, path: Path) -> Iterator[tuple[Any, Shape, Path]]:
    """Yield the members of a value, each with its shape and its path."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, item in value.items():
            yield item, shape.members[name], (*path, name)
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        for name, item in value.items():
            yield item, shape.value, (*path, name)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for index, item in enumerate(value):
            yield item, shape.member, (*path, index)


def _length(value: Any, shape: Shape, path: Path, unit: str) -> Iterator[Fault]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    documented = longest(shape.documentation or "") if unit == "characters" else None
    most = min((bound for bound in (most, documented) if bound is not None), default=None)
    if (least is not None and len(value) < least) or (most is not None and len(value) > most):
        yield Fault(path, "api-length", f"it has {len(value)} {unit}, and {_bounds(least, most)} are allowed")


def _range(value: float, shape: Shape, path: Path) -> Iterator[Fault]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        yield Fault(path, "api-range", f"{value} is out of range: {_bounds(least, most)} is allowed")


def _bounds(least: float | None, most: float | None) -> str:
    if most is None:
        return f"at least {least}"
    return f"up to {most}" if least is None else f"{least} to {most}"
