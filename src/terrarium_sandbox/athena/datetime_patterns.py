"""Translation of date patterns of MySQL and Joda into patterns of DuckDB's strftime and strptime."""

import re

from terrarium_sandbox.athena.task import QueryFailure

__all__ = ["mysql_pattern", "strftime_pattern"]

_TOKENS = re.compile(r"'((?:[^']|'')*)'|([a-zA-Z])\2*|[^a-zA-Z']+")
_STRFTIME = {
    "yyyy": "%Y", "YYYY": "%Y", "y": "%Y", "Y": "%Y", "yy": "%y", "MM": "%m", "MMM": "%b", "MMMM": "%B", "dd": "%d",
    "d": "%-d", "M": "%-m", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M", "ss": "%S",
    "s": "%-S", "SSS": "%g", "SSSSSS": "%f", "a": "%p", "E": "%a", "EEE": "%a", "EEEE": "%A", "DDD": "%j",
    "D": "%-j", "Z": "%z", "xxxx": "%G", "ww": "%V",
}  # fmt: skip
# Trino documentation, "MySQL date functions". Trino does not support %D %U %u %V %w %X either.
_MYSQL = {
    "a": "%a", "b": "%b", "c": "%-m", "d": "%d", "e": "%-d", "f": "%f", "H": "%H", "h": "%I", "I": "%I", "i": "%M",
    "j": "%j", "k": "%-H", "l": "%-I", "M": "%B", "m": "%m", "p": "%p", "r": "%I:%M:%S %p", "S": "%S", "s": "%S",
    "T": "%H:%M:%S", "v": "%V", "W": "%A", "x": "%G", "Y": "%Y", "y": "%y", "%": "%%",
}  # fmt: skip
_NOT_PARSED = frozenset("vx")


def strftime_pattern(joda: str) -> str:
    """Return the pattern of DuckDB's strftime and strptime for a Joda pattern.

    Raises:
        QueryFailure: A part of the pattern has no equivalent in strftime.
    """
    return "".join(_converted(match, joda) for match in _TOKENS.finditer(joda))


def mysql_pattern(pattern: str, *, parsing: bool = False) -> str:
    """Return the pattern of DuckDB's strftime and strptime for a pattern of date_format or date_parse.

    Raises:
        QueryFailure: Trino or the sandbox does not support one of the specifiers.
    """
    converted = []
    characters = iter(pattern)
    for character in characters:
        if character != "%":
            converted.append(character)
            continue
        specifier = next(characters, None)
        if specifier is None:
            break
        if specifier in "DUuVwX":
            raise QueryFailure(
                "INVALID_FUNCTION_ARGUMENT", f"%{specifier} not supported in date format string"
            )
        if parsing and specifier in _NOT_PARSED:
            raise QueryFailure("NOT_SUPPORTED", f"the sandbox does not parse %{specifier} in {pattern!r}")
        converted.append(_MYSQL.get(specifier, specifier))
    return "".join(converted)


def _converted(match: re.Match[str], joda: str) -> str:
    token = match[0]
    if match[1] is not None:
        return (match[1].replace("''", "'") or "'").replace("%", "%%")
    if not match[2]:
        return token.replace("%", "%%")
    if token not in _STRFTIME:
        raise QueryFailure(
            "NOT_SUPPORTED", f"the sandbox has no equivalent of {token!r} in the pattern {joda!r}"
        )
    return _STRFTIME[token]
