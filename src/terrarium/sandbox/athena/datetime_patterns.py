"""Joda's patterns of dates, which Trino's format_datetime takes, as those of strftime."""

import re

from terrarium.sandbox.athena.task import QueryFailure

__all__ = ["strftime_pattern"]

_TOKENS = re.compile(r"'((?:[^']|'')*)'|([a-zA-Z])\2*|[^a-zA-Z']+")
_STRFTIME = {
    "yyyy": "%Y", "YYYY": "%Y", "yy": "%y", "MM": "%m", "MMM": "%b", "MMMM": "%B", "dd": "%d", "d": "%-d", "M": "%-m",
    "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M", "ss": "%S", "s": "%-S", "SSS": "%g",
    "a": "%p", "EEE": "%a", "EEEE": "%A", "DDD": "%j", "D": "%-j", "Z": "%z",
}  # fmt: skip


def strftime_pattern(joda: str) -> str:
    """The same pattern for DuckDB's strftime and strptime.

    Raises:
        QueryFailure: It has a part that strftime has no counterpart of.
    """
    return "".join(_converted(match, joda) for match in _TOKENS.finditer(joda))


def _converted(match: re.Match[str], joda: str) -> str:
    token = match[0]
    if match[1] is not None:
        return (match[1].replace("''", "'") or "'").replace("%", "%%")
    if not match[2]:
        return token.replace("%", "%%")
    if token not in _STRFTIME:
        raise QueryFailure(
            "NOT_SUPPORTED", f"the sandbox has no counterpart of {token!r} in the pattern {joda!r}"
        )
    return _STRFTIME[token]
