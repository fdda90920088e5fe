"""Checks of the constraints of a shape of a service model, compiled once per operation."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from botocore.model import ListShape, MapShape, Shape, StructureShape

from terrarium_sandbox.validation.patterns import compile_pattern
from terrarium_sandbox.validation.unenforced_constraints import ignores_case, is_exempt

__all__ = ["Check", "Violation", "compile_operation"]

Violation: TypeAlias = tuple[str, str, Any]
"""Path of the member (`tags.1.member.key`), the constraint in AWS' wording, and the value (None if it is missing)."""

Check: TypeAlias = Callable[[Any, str, list[Violation]], None]
"""Appends the violations of a value. The path is that of the value."""

_LENGTHS = ("string", "blob", "list", "map")
_NUMBERS = ("integer", "long", "float", "double")


def compile_operation(service: str, input_shape: StructureShape | None) -> Check | None:
    """Return the check of an operation's input; None if the model states no constraint.

    Args:
        service: The name of the service's model.
        input_shape: The operation's input.
    """
    return None if input_shape is None else _Compiler(service).check_of(input_shape)


class _Compiler:
    """Compiler of the shapes of one input. It compiles each shape once, because shapes may contain themselves."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._found: dict[str, Check | None] = {}

    def check_of(self, shape: Shape) -> Check | None:
        if shape.name in self._found:
            return self._found[shape.name]

        def checked_recursively(value: Any, path: str, violations: list[Violation]) -> None:
            check = self._found[shape.name]
            if check is not None:
                check(value, path, violations)

        self._found[shape.name] = checked_recursively
        checks = [*self._own(shape), *self._nested(shape)]
        check = self._found[shape.name] = _all(checks)
        return check

    def _own(self, shape: Shape) -> list[Check]:
        bounds = shape.metadata
        if shape.type_name in _LENGTHS:
            checks = _length_checks(bounds)
        elif shape.type_name in _NUMBERS:
            checks = _range_checks(bounds)
        else:
            checks = []
        if bounds.get("pattern") and not is_exempt(self._service, shape.name, "pattern"):
            checks.append(_pattern_check(bounds["pattern"]))
        if bounds.get("enum") and not is_exempt(self._service, shape.name, "enum"):
            any_case = ignores_case(self._service, shape.name)
            checks.append(_enum_check(tuple(bounds["enum"]), any_case=any_case))
        return checks

    def _nested(self, shape: Shape) -> list[Check]:
        if isinstance(shape, StructureShape):
            return self._structure(shape)
        if isinstance(shape, ListShape):
            member = self.check_of(shape.member)
            return [] if member is None else [_list_check(member)]
        if isinstance(shape, MapShape):
            return [_map_check(self.check_of(shape.key), self.check_of(shape.value))]
        return []

    def _structure(self, shape: StructureShape) -> list[Check]:
        required = tuple(
            name
            for name in shape.required_members
            if not is_exempt(self._service, shape.name, name) and not _is_streamed(shape, name)
        )
        members = {name: check for name, member in shape.members.items() if (check := self.check_of(member))}
        return [_structure_check(required, members)] if required or members else []


def _is_streamed(shape: StructureShape, member: str) -> bool:
    """Return whether a member is the raw body of the request, which is not among the parameters."""
    return shape.serialization.get("payload") == member and shape.members[member].type_name == "blob"


def _all(checks: list[Check]) -> Check | None:
    if len(checks) < 2:
        return checks[0] if checks else None

    def check(value: Any, path: str, violations: list[Violation]) -> None:
        for one in checks:
            one(value, path, violations)

    return check


def _length_checks(bounds: Mapping[str, Any]) -> list[Check]:
    return _bound_checks(
        bounds,
        size=lambda value: len(value) if hasattr(value, "__len__") else None,
        least="Member must have length greater than or equal to {}",
        most="Member must have length less than or equal to {}",
    )


def _range_checks(bounds: Mapping[str, Any]) -> list[Check]:
    return _bound_checks(
        bounds,
        size=lambda value: value if isinstance(value, int | float) else None,
        least="Member must have value greater than or equal to {}",
        most="Member must have value less than or equal to {}",
    )


def _bound_checks(
    bounds: Mapping[str, Any], *, size: Callable[[Any], float | None], least: str, most: str
) -> list[Check]:
    minimum, maximum = bounds.get("min"), bounds.get("max")
    minimum = None if minimum is None else float(minimum)
    maximum = None if maximum is None else float(maximum)

    def check(value: Any, path: str, violations: list[Violation]) -> None:
        found = size(value)
        if found is None:
            return
        if minimum is not None and found < minimum:
            violations.append((path, least.format(f"{minimum:g}"), value))
        if maximum is not None and found > maximum:
            violations.append((path, most.format(f"{maximum:g}"), value))

    return [] if minimum is None and maximum is None else [check]


def _pattern_check(pattern: str) -> Check:
    matches = compile_pattern(pattern)
    constraint = f"Member must satisfy regular expression pattern: {pattern}"

    def check(value: Any, path: str, violations: list[Violation]) -> None:
        if isinstance(value, str) and not matches(value):
            violations.append((path, constraint, value))

    return check


def _enum_check(allowed: tuple[str, ...], *, any_case: bool) -> Check:
    values = frozenset(map(str.upper, allowed) if any_case else allowed)
    constraint = f"Member must satisfy enum value set: [{', '.join(allowed)}]"

    def check(value: Any, path: str, violations: list[Violation]) -> None:
        if isinstance(value, str) and (value.upper() if any_case else value) not in values:
            violations.append((path, constraint, value))

    return check


def _list_check(member: Check) -> Check:
    def check(value: Any, path: str, violations: list[Violation]) -> None:
        if isinstance(value, list):
            for number, one in enumerate(value, 1):
                member(one, f"{path}.{number}.member", violations)

    return check


def _map_check(key: Check | None, member: Check | None) -> Check:
    def check(value: Any, path: str, violations: list[Violation]) -> None:
        if isinstance(value, Mapping):
            for name, one in value.items():
                if key is not None:
                    key(name, path, violations)
                if member is not None:
                    member(one, f"{path}.{name}.member", violations)

    return check


def _structure_check(required: tuple[str, ...], members: Mapping[str, Check]) -> Check:
    def check(value: Any, path: str, violations: list[Violation]) -> None:
        if not isinstance(value, Mapping):
            return
        violations.extend(
            (_inside(path, name), "Member must not be null", None)
            for name in required
            if value.get(name) is None
        )
        for name, one in value.items():
            member = members.get(name)
            if member is not None and one is not None:
                member(one, _inside(path, name), violations)

    return check


@cache
def _first_in_lower_case(name: str) -> str:
    return name[:1].lower() + name[1:]


def _inside(path: str, name: str) -> str:
    return f"{path}.{_first_in_lower_case(name)}" if path else _first_in_lower_case(name)
