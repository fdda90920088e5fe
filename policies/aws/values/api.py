"""Values against botocore's service models: the operations that create a resource.

Checks what the models state formally (required members, lengths, ranges, patterns, enums) and in documentation of a
fixed form (`documentation.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

import regex
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.session import Session

from policies.aws.values.declared import Declared
from policies.aws.values.documentation import (
    allowed_characters,
    documented_pattern,
    is_case_sensitive,
    longest,
    withdrawals,
)
from policies.aws.values.expressions import Unknown
from policies.aws.values.problem import Problem
from policies.aws.values.shape import ApiShape
from policies.aws.values.translation import Names, Path, Translated, translate

__all__ = ["ApiCheck"]

_Fault = tuple[Path, str, str]  # where, which rule, and what is wrong


class ApiCheck:
    """Validates the arguments of resources as parameters of the operations that create them.

    Args:
        today: Values are refused whose withdrawal is due by then.
    """

    def __init__(self, *, today: date) -> None:
        self._session = Session()
        self._model = lru_cache(maxsize=None)(self._session.get_service_model)
        self._today = today

    def problems(self, declared: Sequence[Declared]) -> Iterator[Problem]:
        """Return the values that an operation's model refuses."""
        for one in declared:
            for position, operation in enumerate(one.counterpart.operations):
                shape = self._input(operation)
                translated = self.translation(one, operation)
                for path, rule, message in self._faults(translated.value, shape, ()):
                    if rule == "api-required" and position > 0 and not path:
                        continue  # of a later operation, the provider knows what else it takes
                    argument = translated.source(path)
                    yield Problem(one.resource, argument, rule, f"{message} ({operation}{_shown(path)})")

    def accepted(self, declared: Sequence[Declared]) -> set[tuple[str, str]]:
        """Return the values that a model has a pattern, an enum or a character set for, and that keep to it.

        Returns:
            Of each value, the logical id of the resource and the argument.
        """
        accepted = set()
        for one in declared:
            for operation in one.counterpart.operations:
                shape = self._input(operation)
                translated = self.translation(one, operation)
                refused = {path for path, _, _ in self._faults(translated.value, shape, ())}
                for path in _stated(translated.value, shape, ()):
                    if path not in refused:
                        accepted.add((one.resource.id, translated.source(path)))
        return accepted

    def translation(self, one: Declared, operation: str) -> Translated:
        """Return the arguments of a resource as parameters of an operation."""
        shape = ApiShape(self._input(operation))
        arguments = dict(one.arguments)
        renames = dict(one.counterpart.api)
        if "TagSpecifications" in shape.members:
            renames.setdefault("tags", "TagSpecifications.0.Tags")
        if one.default_tags and {"tags", "Tags", "TagList", "TagsList", "TagSpecifications"} & set(
            shape.members
        ):
            arguments["tags"] = {**one.default_tags, **(arguments.get("tags") or {})}
        names = Names(
            renames=renames,
            prefix=one.counterpart.cloudformation.rpartition("::")[2],
            within=one.counterpart.within,
            constants=one.counterpart.constants,
        )
        return translate(arguments, shape, names=names)

    def _input(self, operation: str) -> StructureShape:
        service, _, name = operation.partition(".")
        shape = self._model(service).operation_model(name).input_shape
        assert isinstance(shape, StructureShape)  # noqa: S101  (each of the named operations takes parameters)
        return shape

    def _faults(self, value: Any, shape: Shape, path: Path) -> Iterator[_Fault]:
        if isinstance(value, Unknown) or value is None:
            return
        if isinstance(shape, StructureShape) and isinstance(value, Mapping):
            for member in shape.required_members:
                if member not in value and not shape.members[member].metadata.get("idempotencyToken"):
                    yield path, "api-required", f"{member} is missing"
            for name, item in value.items():
                yield from self._faults(item, shape.members[name], (*path, name))
        elif isinstance(shape, ListShape) and isinstance(value, list):
            yield from _length(value, shape, path, "items")
            for index, item in enumerate(value):
                yield from self._faults(item, shape.member, (*path, index))
        elif isinstance(shape, MapShape) and isinstance(value, Mapping):
            yield from _length(value, shape, path, "entries")
            for key, item in value.items():
                yield from self._faults(key, shape.key, (*path, key))
                yield from self._faults(item, shape.value, (*path, key))
        elif isinstance(shape, StringShape) and isinstance(value, str):
            yield from _length(value, shape, path, "characters")
            yield from _text_faults(value, shape, path)
            yield from self._withdrawn(value, shape, path)
        elif shape.type_name in {"integer", "long", "float", "double"} and isinstance(value, int | float):
            yield from _range(value, shape, path)

    def _withdrawn(self, value: str, shape: Shape, path: Path) -> Iterator[_Fault]:
        withdrawal = withdrawals(shape.documentation or "").get(value)
        if withdrawal and withdrawal.day <= self._today:
            yield path, "api-withdrawn", f"{value!r} can no longer be used: {withdrawal.text}"


def _stated(value: Any, shape: Shape, path: Path) -> Iterator[Path]:
    """Return where a model states which values there may be."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, item in value.items():
            yield from _stated(item, shape.members[name], (*path, name))
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _stated(item, shape.member, (*path, index))
    elif isinstance(shape, StringShape) and isinstance(value, str):
        documentation = shape.documentation or ""
        if shape.enum or shape.metadata.get("pattern") or allowed_characters(documentation):
            yield path


def _length(value: Any, shape: Shape, path: Path, unit: str) -> Iterator[_Fault]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    documented = longest(shape.documentation or "") if unit == "characters" else None
    most = min((bound for bound in (most, documented) if bound is not None), default=None)
    if (least is not None and len(value) < least) or (most is not None and len(value) > most):
        yield path, "api-length", f"it has {len(value)} {unit}, and {_bounds(least, most)} are allowed"


def _range(value: float, shape: Shape, path: Path) -> Iterator[_Fault]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        yield path, "api-range", f"{value} is out of range: {_bounds(least, most)} is allowed"


def _text_faults(value: str, shape: StringShape, path: Path) -> Iterator[_Fault]:
    written = value if is_case_sensitive(shape.documentation or "") else value.upper()
    if shape.enum and written not in shape.enum:
        yield path, "api-enum", f"{value!r} is none of the values: {', '.join(shape.enum)}"
    stated = shape.metadata.get("pattern") or documented_pattern(shape.documentation or "")
    pattern = _compiled(stated or "")
    if pattern and not pattern.fullmatch(value):
        yield path, "api-pattern", f"{value!r} does not match {stated}"
    characters = allowed_characters(shape.documentation or "")
    if characters and (refused := characters.refused.search(value)):
        yield path, "api-characters", f"{value!r} has {refused[0]!r}. {characters.text}"


@cache
def _compiled(pattern: str) -> "regex.Pattern[str] | None":
    """Return a model's pattern, which is Java's; `None` if there is none, or it cannot be read."""
    try:
        return regex.compile(pattern) if pattern else None
    except regex.error:
        return None


def _bounds(least: float | None, most: float | None) -> str:
    if most is None:
        return f"at least {least}"
    return f"up to {most}" if least is None else f"{least} to {most}"


def _shown(path: Path) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f", {text.removeprefix('.')}" if text else ""
