"""Translation of the arguments of a Terraform resource into the structure of another model of the same resource.

CloudFormation's schemas and botocore's models describe the same API, so most names differ only in case and
underscores: `max_vcpus` is `MaxvCpus` and `maxvCpus`. `Renames` lists the other differences.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from policies.aws.values.expressions import UNKNOWN, Unknown
from policies.aws.values.shape import Shape

__all__ = ["Names", "Path", "Translated", "translate"]

Path = tuple[str | int, ...]
_INDEX = re.compile(r"\[\d+\]")


class Names(NamedTuple):
    """The names of one type's arguments in a model.

    Args:
        renames: By Terraform's path without indexes, such as `launch_template.id`: the member's name, a path to it
            (`Policy.Text`), or `None` if the model has no such member.
        prefix: The prefix that members may have: `Topic` if `name` is `TopicName`.
        within: Members of the root that are searched for arguments that the root itself does not have.
        constants: Members that Terraform leaves out, by their path; set if the enclosing structure exists.
    """

    renames: Mapping[str, str | None]
    prefix: str = ""
    within: tuple[str, ...] = ()
    constants: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Translated:
    """Arguments in the structure of a model.

    Args:
        value: The structure.
        sources: The Terraform argument of each path in the structure.
        unmatched: Arguments without a member in the model.
    """

    value: dict[str, Any] = field(default_factory=dict)
    sources: dict[Path, str] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)

    def source(self, path: Path) -> str:
        """Return the Terraform argument of a path, or of the nearest enclosing path."""
        while path and path not in self.sources:
            path = path[:-1]
        return self.sources.get(path, "")


def translate(arguments: Mapping[str, Any], shape: Shape, *, names: Names) -> Translated:
    """Translate arguments, whose expressions are evaluated, into a structure of the model."""
    done = Translated()
    _Translator(done, names).structure(arguments, shape, done.value, (), "")
    for place, constant in names.constants.items():
        if _exists(shape, place.split(".")):
            _set_constant(done.value, place.split("."), constant)
    return done


@dataclass(frozen=True)
class _Translator:
    done: Translated
    names: Names

    def structure(
        self, arguments: Mapping[str, Any], shape: Shape, into: dict[str, Any], path: Path, source: str
    ) -> None:
        for argument, value in arguments.items():
            if value is None or value == []:
                continue
            here = f"{source}.{argument}" if source else argument
            steps = self._steps(argument, shape, _INDEX.sub("", here), root=not path)
            if steps is None:
                continue
            if steps == ["."]:
                for block in value if isinstance(value, list) else [value]:
                    self.structure(block, shape, into, path, here)
                continue
            self._place(value, shape, into, path, steps, here)

    def _steps(self, argument: str, shape: Shape, plain: str, *, root: bool) -> list[str] | None:
        """Return the path to the member for an argument; `None` if the model has none."""
        if plain in self.names.renames:
            target = self.names.renames[plain]
            if target is None:
                return None
            if target == "." or _exists(shape, target.split(".")):
                return ["."] if target == "." else target.split(".")
        elif found := self._member(argument, shape):
            return [found]
        elif root:
            for outer in self.names.within:
                if outer in shape.members and (found := self._member(argument, shape.members[outer])):
                    return [outer, found]
        self.done.unmatched.append(plain)
        return None

    def _place(self, value: Any, shape: Shape, into: Any, path: Path, steps: list[str], source: str) -> None:
        for index, text in enumerate(steps):
            step: str | int = text
            if shape.kind == "list":
                step = int(text)
                into.extend({} for _ in range(step + 1 - len(into)))
            shape = shape.members[text] if shape.kind == "structure" else shape.item
            path = (*path, step)
            self.done.sources.setdefault(path, source)
            if index == len(steps) - 1:
                into[step] = self._value(value, shape, path, source)
            elif isinstance(step, int):
                into = into[step]
            else:
                into = into.setdefault(step, [] if shape.kind == "list" else {})

    def _member(self, argument: str, shape: Shape) -> str | None:
        members = {_folded(name): name for name in shape.members}
        wanted = _folded(argument)
        candidates = [wanted, f"{wanted}s", wanted.removesuffix("s"), _folded(self.names.prefix) + wanted]
        return next((members[candidate] for candidate in candidates if candidate in members), None)

    def _value(self, value: Any, shape: Shape, path: Path, source: str) -> Any:
        if isinstance(value, Unknown):
            return UNKNOWN
        match shape.kind:
            case "structure":
                return self._structure_value(value, shape, path, source)
            case "list":
                return [
                    self._value(item, shape.item, (*path, index), at)
                    for index, (item, at) in enumerate(_items(value, shape.item, source))
                ]
            case "map":
                value = _as_map(value)
                if not isinstance(value, Mapping):
                    return value
                return {
                    key: self._value(item, shape.item, (*path, key), f"{source}.{key}")
                    for key, item in value.items()
                }
            case "document":
                return _as_map(_parsed(value))
            case kind:
                return _scalar(value, kind)

    def _structure_value(self, value: Any, shape: Shape, path: Path, source: str) -> Any:
        value = _single(_parsed(value))
        if not isinstance(value, Mapping):
            return value
        self.done.sources[path] = source
        into: dict[str, Any] = {}
        self.structure(value, shape, into, path, source)
        return into


def _exists(shape: Shape, steps: list[str]) -> bool:
    for step in steps:
        if shape.kind == "structure" and step not in shape.members:
            return False
        shape = shape.members[step] if shape.kind == "structure" else shape.item
    return True


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _items(value: Any, item: Shape, source: str) -> Iterator[tuple[Any, str]]:
    value = _parsed(value)
    if isinstance(value, Mapping) and (names := _entry_names(item)):
        for key, text in value.items():  # such as tags and dimensions
            yield {names[0]: key, names[1]: text}, f"{source}.{key}"
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield entry, f"{source}[{index}]"
    else:
        yield value, source


def _entry_names(item: Shape) -> tuple[str, str] | None:
    """Return the names of the members of a map entry, such as `TagKey` and `TagValue`; `None` for other structures."""
    key = [name for name in item.members if name.lower().endswith(("key", "name"))]
    value = [name for name in item.members if name.lower().endswith("value")]
    return (key[0], value[0]) if len(key) == len(value) == 1 else None


def _as_map(value: Any) -> Any:
    """Return a map for blocks of a name and a value, such as the parameters of a database."""
    blocks = value if isinstance(value, list) else [value]
    named = [block for block in blocks if isinstance(block, Mapping) and "name" in block]
    if blocks and len(named) == len(blocks):
        return {block["name"]: block.get("values", block.get("value")) for block in named}
    return _single(value)


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _parsed(value: Any) -> Any:
    """Return the document in a text, since Terraform takes policies and other documents as text."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _scalar(value: Any, kind: str) -> Any:
    if kind == "number" and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if kind == "boolean" and value in {"true", "false"}:
        return value == "true"
    if kind == "string" and isinstance(value, bool | int | float):
        return json.dumps(value)
    return value


def _set_constant(into: Any, steps: list[str], constant: Any) -> None:
    for step in steps[:-1]:
        if isinstance(into, list):
            into = dict(enumerate(into))
        into = into.get(int(step) if step.isdigit() else step)
        if into is None:
            return
    into.setdefault(steps[-1], constant)
