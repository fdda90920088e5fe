"""Regular expressions in Java's syntax, run by Python's engine."""

import re
from functools import lru_cache
from typing import Any

from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction, fail

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_NAMED_GROUP = re.compile(r"\(\?<(?=[A-Za-z])")
_UNKNOWN = re.compile(r"(?<!\\)(?:\\\\)*\\([pPhHRGXQ])")
_REFERENCE = re.compile(r"\\(.)|\$(\d)|\$\{(\w+)\}|([$\\])", re.DOTALL)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern. Java's classes `\d`, `\w` and `\s` are ASCII; named groups are written `(?<name>...)`."""
    unknown = _UNKNOWN.search(pattern)
    if unknown:
        fail("NOT_SUPPORTED", f"the sandbox's regular expressions do not support \\{unknown[1]}: {pattern}")
    converted = _NAMED_GROUP.sub("(?P<", pattern).replace(r"\z", r"\Z")
    if "&&" in pattern:
        fail(
            "NOT_SUPPORTED",
            f"the sandbox's regular expressions do not support intersection of classes: {pattern}",
        )
    try:
        return re.compile(converted, re.ASCII if not re.search(r"\(\?\w*i", converted) else 0)
    except re.error as error:
        fail(_ARGUMENT, f"{error}: {pattern}")


def _group(match: re.Match[str], group: int) -> str | None:
    if group < 0:
        fail(_ARGUMENT, "Group cannot be negative")
    if group > match.re.groups:
        fail(_ARGUMENT, f"Pattern has {match.re.groups} groups. Cannot access group {group}")
    found: str | None = match[group]
    return found


def _extract(text: str, pattern: str, group: int) -> str | None:
    compiled = _compiled(pattern)
    if group > compiled.groups or group < 0:
        fail(_ARGUMENT, f"Pattern has {compiled.groups} groups. Cannot access group {group}")
    match = compiled.search(text)
    return _group(match, group) if match else None


def _extract_all(text: str, pattern: str, group: int) -> list[str | None]:
    return [_group(match, group) for match in _compiled(pattern).finditer(text)]


def _position(text: str, pattern: str, start: int, occurrence: int) -> int:
    if start < 1:
        fail(_ARGUMENT, "start position cannot be smaller than 1")
    if occurrence < 1:
        fail(_ARGUMENT, "occurrence cannot be smaller than 1")
    for number, match in enumerate(_compiled(pattern).finditer(text, start - 1), start=1):
        if number == occurrence:
            return match.start() + 1
    return -1


def _replace(text: str, pattern: str, replacement: str) -> str:
    compiled = _compiled(pattern)
    return compiled.sub(lambda match: _filled(replacement, match), text)


def _filled(replacement: str, match: re.Match[str]) -> str:
    def part(reference: re.Match[str]) -> str:
        escaped, number, name, alone = reference.groups()
        if escaped is not None:
            return str(escaped)
        if alone is not None:
            fail(_ARGUMENT, f"Illegal replacement sequence: {replacement}")
        try:
            return match[int(number) if number is not None else name] or ""
        except IndexError:
            fail(_ARGUMENT, f"Illegal replacement sequence: unknown group {{ {number or name} }}")

    return _REFERENCE.sub(part, replacement)


def _pieces(text: str, pattern: str) -> list[dict[str, Any]]:
    """Return the text before each match with the match's groups, and the text after the last match."""
    pieces: list[dict[str, Any]] = []
    begin = 0
    for match in _compiled(pattern).finditer(text):
        pieces.append({"before": text[begin : match.start()], "captured": list(match.groups())})
        begin = match.end()
    return [*pieces, {"before": text[begin:], "captured": None}]


def _split(text: str, pattern: str) -> list[str]:
    parts, begin = [], 0
    for match in _compiled(pattern).finditer(text):
        parts.append(text[begin : match.start()])
        begin = match.end()
    return [*parts, text[begin:]]


def _count(text: str, pattern: str) -> int:
    return sum(1 for _ in _compiled(pattern).finditer(text))


FUNCTIONS = {
    "regexp_count": ScalarFunction(_count, ("VARCHAR", "VARCHAR"), "BIGINT"),
    "regexp_extract": ScalarFunction(_extract, ("VARCHAR", "VARCHAR", "BIGINT"), "VARCHAR"),
    "regexp_extract_all": ScalarFunction(_extract_all, ("VARCHAR", "VARCHAR", "BIGINT"), "VARCHAR[]"),
    "regexp_like": ScalarFunction(
        lambda text, pattern: _compiled(pattern).search(text) is not None, ("VARCHAR", "VARCHAR"), "BOOLEAN"
    ),
    "regexp_pieces": ScalarFunction(
        _pieces, ("VARCHAR", "VARCHAR"), "STRUCT(before VARCHAR, captured VARCHAR[])[]"
    ),
    "regexp_position": ScalarFunction(_position, ("VARCHAR", "VARCHAR", "BIGINT", "BIGINT"), "BIGINT"),
    "regexp_replace": ScalarFunction(_replace, ("VARCHAR",) * 3, "VARCHAR"),
    "regexp_split": ScalarFunction(_split, ("VARCHAR", "VARCHAR"), "VARCHAR[]"),
}
