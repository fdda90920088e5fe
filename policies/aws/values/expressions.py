"""Evaluation of the Terraform expressions that cdktf writes into its JSON.

It covers HCL's literals, lists, objects, string templates, references and a few functions; the rest is `UNKNOWN`.
Source: Terraform language documentation, "Expressions" and "JSON Configuration Syntax".
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["UNKNOWN", "Lookup", "Unknown", "evaluate", "is_unknown"]

Lookup = Callable[[str, str, str], Any]
"""A function that returns the value of a reference, given resource type, logical id and attribute."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NAME = re.compile(r"[A-Za-z_][\w-]*((\.[A-Za-z_*][\w-]*)|(\[\d+\])|(\.\d+))*")
_FOR = re.compile(r"\[\s*for\s")
_INDEX = re.compile(r"\[(\d+)\]")
_REFERENCE = re.compile(r"(?:data\.)?(aws_\w+)\.([\w-]+)\.(.+)")
_CONSTANTS = {"true": True, "false": False, "null": None}


class Unknown:
    """A value that is known only after the deployment."""

    def __repr__(self) -> str:
        return "(known after the deployment)"


UNKNOWN = Unknown()


def is_unknown(value: object) -> bool:
    """Return whether the value, or a part of it, is known only after the deployment."""
    if isinstance(value, dict):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(is_unknown(item) for item in value)
    return isinstance(value, Unknown)


def evaluate(value: Any, lookup: Lookup) -> Any:
    """Return an argument with all expressions evaluated; `UNKNOWN` replaces those that cannot be.

    Args:
        value: The argument in Terraform's JSON.
        lookup: The function that resolves references.
    """
    if isinstance(value, Mapping):
        return {key: evaluate(item, lookup) for key, item in value.items()}
    if isinstance(value, list):
        return [evaluate(item, lookup) for item in value]
    if isinstance(value, str) and "${" in value:
        return _Reader(value, lookup).template(until_quote=False)
    return value


class _UnsupportedError(Exception):
    """An expression that this module does not evaluate, such as an operator."""


class _Reader:
    """A recursive-descent parser of one text."""

    def __init__(self, text: str, lookup: Lookup) -> None:
        self._text = text
        self._lookup = lookup
        self._at = 0

    def template(self, *, until_quote: bool) -> Any:
        """Read text with `${}` in it, up to the end or to the closing quote; `$${` is an escaped `${`."""
        parts: list[Any] = []
        literal = ""
        while self._at < len(self._text) and not (until_quote and self._text[self._at] == '"'):
            if self._text.startswith("$${", self._at):
                literal += "${"
                self._at += 3
            elif self._text.startswith("${", self._at):
                parts += [literal] if literal else []
                literal = ""
                self._at += 2
                parts.append(self._interpolation())
            elif until_quote and self._text[self._at] == "\\":
                length = 6 if self._text[self._at + 1] == "u" else 2
                literal += json.loads(f'"{self._text[self._at : self._at + length]}"')
                self._at += length
            else:
                literal += self._text[self._at]
                self._at += 1
        parts += [literal] if literal else []
        if len(parts) == 1:
            return parts[0]
        if any(is_unknown(part) or isinstance(part, dict | list) for part in parts):
            return UNKNOWN
        return "".join(part if isinstance(part, str) else json.dumps(part) for part in parts)

    def _interpolation(self) -> Any:
        start = self._at
        try:
            value = self._value()
            self._take("}")
        except _UnsupportedError:
            self._at = start
            self._skip_until_closed("{", "}")
            return UNKNOWN
        return value

    def _skip_until_closed(self, opening: str, closing: str) -> None:
        depth, quoted = 1, False
        while self._at < len(self._text) and depth:
            character = self._text[self._at]
            if quoted and character == "\\":
                self._at += 1
            elif character == '"':
                quoted = not quoted
            elif not quoted and character in (opening, closing):
                depth += 1 if character == opening else -1
            self._at += 1

    def _value(self) -> Any:
        character = self._next()
        if character == '"':
            self._at += 1
            text = self.template(until_quote=True)
            self._take('"')
            return text
        if character == "[":
            return (
                self._filtered() if _FOR.match(self._text, self._at) else self._items("[", "]", self._value)
            )
        if character == "{":
            return dict(self._items("{", "}", self._pair))
        if number := _NUMBER.match(self._text, self._at):
            self._at = number.end()
            return json.loads(number[0])
        if name := _NAME.match(self._text, self._at):
            self._at = name.end()
            return self._named(name[0])
        raise _UnsupportedError

    def _filtered(self) -> list[Any]:
        """Read `[for … in data.… : …]` as an empty list: before the deployment, the data sources find nothing."""
        start = self._at
        self._at += 1
        self._skip_until_closed("[", "]")
        if " in data." not in self._text[start : self._at]:
            raise _UnsupportedError
        return []

    def _pair(self) -> tuple[Any, Any]:
        if self._next() == '"':
            key = self._value()
        elif name := re.compile(r"[\w-]+").match(self._text, self._at):
            key = name[0]
            self._at = name.end()
        else:
            raise _UnsupportedError
        self._take("=" if self._next() == "=" else ":")
        return key, self._value()

    def _items(self, opening: str, closing: str, read: Callable[[], Any]) -> list[Any]:
        self._take(opening)
        items = []
        while self._next() != closing:
            items.append(read())
            if self._next() == ",":
                self._at += 1
        self._take(closing)
        return items

    def _named(self, name: str) -> Any:
        if self._next() == "(":
            return self._indexed(_call(name, self._items("(", ")", self._value)))
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        reference = _REFERENCE.fullmatch(name)
        return self._lookup(*reference.groups()) if reference else UNKNOWN

    def _indexed(self, value: Any) -> Any:
        index = _INDEX.match(self._text, self._at)
        if index is None:
            return value
        self._at = index.end()
        return value[int(index[1])] if isinstance(value, list) and int(index[1]) < len(value) else UNKNOWN

    def _next(self) -> str:
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _take(self, mark: str) -> None:
        if self._next() != mark:
            raise _UnsupportedError
        self._at += 1


def _call(function: str, arguments: list[Any]) -> Any:
    if function == "jsonencode":
        # Terraform escapes these three. Source: Terraform language documentation, "jsonencode Function".
        text = json.dumps(arguments[0], ensure_ascii=False, separators=(",", ":"), default=str)
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    if is_unknown(arguments):
        return UNKNOWN
    if function == "concat":
        return [item for items in arguments for item in items]
    if function == "element":
        return arguments[0][arguments[1] % len(arguments[0])]
    if function == "join":
        return arguments[0].join(arguments[1])
    if function in {"tostring", "tolist", "toset"}:
        return arguments[0]
    return UNKNOWN
