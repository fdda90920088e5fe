"""Rules for changes of the database's schema: first expand, then contract."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from packaging.version import Version

from terrarium.metadata.schema_changes import SchemaChange

__all__ = ["problems_of"]

# What an SDK of the previous release does not survive: it reads what goes, or writes what is refused from now on.
_BREAKING: Final = {
    "DROP": r"\bDROP\b",
    "RENAME": r"\bRENAME\b",
    "TRUNCATE": r"\bTRUNCATE\b",
    "REVOKE": r"\bREVOKE\b",
    "a new type": r"\bALTER (COLUMN )?\w+ (SET DATA )?TYPE\b",
    "SET NOT NULL": r"\bSET NOT NULL\b",
    "NOT NULL without DEFAULT": r"\bADD (COLUMN )?(IF NOT EXISTS )?\w+ (?![^,;]*\bDEFAULT\b)[^,;]*\bNOT NULL\b",
    "a constraint": r"\bADD (CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE)\b|\bCREATE UNIQUE\b",
}
_REPEATABLE: Final = r"\bIF (NOT )?EXISTS\b|\bOR REPLACE\b"
_NEEDS_CONDITION: Final = r"\b(CREATE|DROP|ADD)\b"
_TABLE: Final = re.compile(r"\b(?:TABLE|ON)\s+(?:IF (?:NOT )?EXISTS\s+)?(\w+\.\w+)", re.IGNORECASE)


def problems_of(changes: Sequence[SchemaChange], *, releases: Sequence[str]) -> list[str]:
    """Return what is wrong with the changes.

    Args:
        changes: The changes in the order in which they are applied.
        releases: The released versions and the one in development.
    """
    problems = [problem for change in changes for problem in _problems_of_one(change, releases)]
    ordered = [Version(change.release) for change in changes]
    if ordered != sorted(ordered):
        problems.append("changes are not in the order of their releases")
    for place, change in enumerate(changes):
        problems += _premature(change, changes[:place])
    return problems


def _problems_of_one(change: SchemaChange, releases: Sequence[str]) -> Iterator[str]:
    for version in (change.release, change.unused_since):
        if version is not None and version not in releases:
            yield f"{version} is no release; there are {', '.join(releases)}"
    for text in change.statements:
        statement = " ".join(text.split())
        if re.search(_NEEDS_CONDITION, statement, re.IGNORECASE) and not re.search(
            _REPEATABLE, statement, re.IGNORECASE
        ):
            yield f"cannot be repeated, IF [NOT] EXISTS is missing: {statement}"
        if change.unused_since is None:
            for name, pattern in _BREAKING.items():
                if re.search(pattern, statement, re.IGNORECASE):
                    yield f"{name} breaks SDKs of the previous release, a later one may use it: {statement}"


def _premature(change: SchemaChange, earlier: Sequence[SchemaChange]) -> Iterator[str]:
    """Yield what is wrong with the release in which a change removes something."""
    if change.unused_since is None:
        return
    if Version(change.release) <= Version(change.unused_since):
        yield (
            f"{change.release} removes what SDKs of the previous release may use: it is unused since "
            f"{change.unused_since}, so a later release may remove it"
        )
    for other in earlier:
        shared = _tables(change) & _tables(other)
        if other.unused_since is None and shared and Version(other.release) >= Version(change.unused_since):
            yield (
                f"{', '.join(sorted(shared))} was expanded in {other.release}, whose SDK writes the old and the new "
                f"part: the old one can be unused since a later release, and not since {change.unused_since}"
            )


def _tables(change: SchemaChange) -> set[str]:
    return {table.lower() for statement in change.statements for table in _TABLE.findall(statement)}
