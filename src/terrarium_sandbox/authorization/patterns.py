"""Patterns in policies: wildcards, ARNs and variables."""

import re
from collections.abc import Mapping
from functools import lru_cache

__all__ = ["arn_matches", "matches", "substitute"]

# Source: IAM User Guide, "IAM policy elements: Variables and tags".
_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
_LITERALS = {"*": "*", "?": "?", "$": "$"}
_ARN_PARTS = 6

Context = Mapping[str, tuple[str, ...]]


def matches(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """Return whether `value` matches `pattern` with `*` (any characters) and `?` (one character)."""
    return bool(_compiled(pattern, ignore_case=ignore_case).fullmatch(value))


def arn_matches(pattern: str, value: str) -> bool:
    """Return whether an ARN matches, part by part: a wildcard does not match one of the first five colons."""
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", _ARN_PARTS - 1), value.split(":", _ARN_PARTS - 1)
    return len(wanted) == len(given) and all(map(matches, wanted, given))


def substitute(pattern: str, context: Context) -> str | None:
    """Return `pattern` with the values of its variables; None if the request lacks one without a default.

    A wildcard in the value of a variable is an ordinary character.
    """
    missing = False

    def fill(variable: re.Match[str]) -> str:
        nonlocal missing
        name, default = variable.groups()
        if name in _LITERALS:
            return _ESCAPED[_LITERALS[name]]
        values = context.get(name.lower(), ())
        if len(values) == 1:
            return "".join(_ESCAPED.get(character, character) for character in values[0])
        if default is None:
            missing = True
        return default or ""

    filled = _VARIABLE.sub(fill, pattern)
    return None if missing else filled


# Characters of the private use area that replace wildcards in values.
_ESCAPED = {"*": "\ue000", "?": "\ue001", "$": "$"}
_UNESCAPED = {"\ue000": r"\*", "\ue001": r"\?"}


@lru_cache(maxsize=4096)
def _compiled(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    parts = {"*": ".*", "?": ".", **_UNESCAPED}
    expression = "".join(parts.get(character) or re.escape(character) for character in pattern)
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
