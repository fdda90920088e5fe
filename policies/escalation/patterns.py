"""Patterns of statements with policy variables or references."""

import re

__all__ = ["with_wildcards"]

_VARIABLE = re.compile(r"\$+\{[^}]*\}")


def with_wildcards(pattern: str) -> str:
    """Return a pattern in which a wildcard replaces each variable, such as `${aws:userid}`."""
    return _VARIABLE.sub("*", pattern)
