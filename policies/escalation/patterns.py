"""Patterns of statements that hold policy variables or references."""

import re

__all__ = ["with_wildcards"]

_VARIABLE = re.compile(r"\$+\{[^}]*\}")


def with_wildcards(pattern: str) -> str:
    """Return a pattern in which a variable, such as `${aws:userid}`, stands for any text."""
    return _VARIABLE.sub("*", pattern)
