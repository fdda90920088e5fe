"""Overlap of ARN formats and resource patterns: whether an ARN can match both."""

import re
from functools import cache

__all__ = ["overlaps"]

# A pattern is a tuple of characters; these tokens stand for any text, any text without a slash and any character.
_TEXT = "any text"
_SEGMENT = "any text without a slash"
_CHARACTER = "any character"
_VARIABLE = re.compile(r"\$+\{([^}]*)\}")
# The values of other variables in formats, such as paths, may contain slashes.
_SLASHLESS = {"Account", "BucketName", "Partition", "Region"}


@cache
def overlaps(form: str, pattern: str) -> bool:
    """Return whether an ARN can have the form and match the pattern.

    Args:
        form: A format of the Service Authorization Reference, such as `arn:${Partition}:s3:::${BucketName}`.
        pattern: A resource of a statement. Policy variables and references in it can stand for anything.
    """
    one, other = _tokens(form), _tokens(pattern)
    pending, seen = [(0, 0)], {(0, 0)}
    while pending:
        i, j = pending.pop()
        if i == len(one) and j == len(other):
            return True
        for state in _next(one, i, other, j):
            if state not in seen:
                seen.add(state)
                pending.append(state)
    return False


def _next(one: tuple[str, ...], i: int, other: tuple[str, ...], j: int) -> list[tuple[int, int]]:
    """Return the pairs of positions that both patterns can reach with the same next character or with none."""
    first = one[i] if i < len(one) else None
    second = other[j] if j < len(other) else None
    states = []
    if first in {_TEXT, _SEGMENT}:
        states.append((i + 1, j))
        if second is not None and _accepts(first, second):
            states.append((i, j + 1))
    if second in {_TEXT, _SEGMENT}:
        states.append((i, j + 1))
        if first is not None and _accepts(second, first):
            states.append((i + 1, j))
    elif first is not None and second is not None and (first == second or _CHARACTER in {first, second}):
        states.append((i + 1, j + 1))
    return states


def _accepts(text: str, other: str) -> bool:
    return text == _TEXT or other != "/"


def _tokens(pattern: str) -> tuple[str, ...]:
    tokens: list[str] = []
    at = 0
    for variable in _VARIABLE.finditer(pattern):
        tokens.extend(_characters(pattern[at : variable.start()]))
        tokens.append(_SEGMENT if variable.group(1) in _SLASHLESS else _TEXT)
        at = variable.end()
    return (*tokens, *_characters(pattern[at:]))


def _characters(text: str) -> list[str]:
    return [{"*": _TEXT, "?": _CHARACTER}.get(character, character) for character in text]
