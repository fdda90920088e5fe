"""Constraints that botocore's models have in their documentation only: character sets, lengths, withdrawn values.

Only sentences of a fixed form count, so that other prose is not mistaken for a rule.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from html.parser import HTMLParser
from typing import NamedTuple

__all__ = [
    "Characters",
    "Withdrawal",
    "allowed_characters",
    "documented_pattern",
    "is_case_sensitive",
    "longest",
    "withdrawals",
]

# EC2: "Valid characters: a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*", at the end of a paragraph.
_CHARACTERS = re.compile(
    r"(?:[Vv]alid|[Aa]llowed) characters(?: are|:) "
    r"(?P<classes>(?:a-z|A-Z|0-9|spaces)(?:, (?:a-z|A-Z|0-9|spaces))*),? and "
    r"(?P<marks>[^\sa-zA-Z0-9\"]+?)(?: \(hyphen\))?\.?$",
    re.MULTILINE,
)
# Batch: "It can contain uppercase and lowercase letters, numbers, hyphens (-), and underscores (_)."
_NAMES = re.compile(
    r"can contain uppercase and lowercase letters, numbers, hyphens \(-\), and underscores \(_\)"
)
_CLASSES = {"a-z": "a-z", "A-Z": "A-Z", "0-9": "0-9", "spaces": " "}
# Batch: "The values aren't case sensitive."; "It can be up to 128 letters long."; EC2: "Up to 255 characters in
# length", "accept a maximum of 127 Unicode characters".
_ANY_CASE = re.compile(r"values? (?:aren't|isn't|are not|is not) case[- ]sensitive")
_LONGEST = re.compile(
    r"[Uu]p to (\d+) characters in length|accept a maximum of (\d+) Unicode characters|up to (\d+) letters long"
)
# RDS: "(Java regex: "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$")", with doubled backslashes.
_PATTERN = re.compile(r'\(Java regex: "(?P<pattern>[^"]+)"\)')
# Batch: "Effective June 30, 2026, Batch will block creation of new Amazon ECS compute environments using
# Batch-provided Amazon Linux 2 AMIs."
_BLOCKED = re.compile(r"Effective (?P<day>[A-Z][a-z]+ \d{1,2}, \d{4}), [^.]*? will block (?P<what>[^.]+)\.")


class Characters(NamedTuple):
    """A documented character set.

    Args:
        refused: Finds a character outside of the set.
        text: The sentence that states the set.
    """

    refused: re.Pattern[str]
    text: str


class Withdrawal(NamedTuple):
    """The withdrawal of a value.

    Args:
        day: The first day on which AWS refuses the value.
        text: The sentence that announces it.
    """

    day: date
    text: str


@cache
def allowed_characters(documentation: str) -> Characters | None:
    """Return the character set that the documentation of a member states."""
    text = _read(documentation).text
    if found := _NAMES.search(text):
        return Characters(re.compile(r"[^A-Za-z0-9_-]"), f"It {found[0]}")
    found = _CHARACTERS.search(text)
    if found is None:
        return None
    classes = "".join(_CLASSES[name] for name in found["classes"].split(", "))
    return Characters(re.compile(f"[^{classes}{re.escape(found['marks'])}]"), found[0])


@cache
def is_case_sensitive(documentation: str) -> bool:
    """Return whether upper and lower case differ in the values of a member."""
    return not _ANY_CASE.search(documentation)


@cache
def longest(documentation: str) -> int | None:
    """Return the length in characters that the documentation of a member states."""
    found = _LONGEST.search(documentation)
    return int(next(filter(None, found.groups()))) if found else None


@cache
def documented_pattern(documentation: str) -> str | None:
    """Return the pattern that the documentation of a member states."""
    found = _PATTERN.search(documentation)
    return found["pattern"].replace("\\\\", "\\") if found else None


@cache
def withdrawals(documentation: str) -> Mapping[str, Withdrawal]:
    """Return the values of a member that its documentation announces as withdrawn.

    A sentence applies to the values in the same definition list whose definition begins with the name in the sentence:
    "Amazon Linux 2 (GPU): Used for …" matches "Amazon Linux 2 AMIs".
    """
    if "Effective" not in documentation:
        return {}
    return dict(_withdrawn(_read(documentation)))


@dataclass
class _Section:
    """A text, and the definitions of the list in it."""

    text: str = ""
    definitions: list[tuple[str, "_Section"]] = field(default_factory=list)


def _withdrawn(section: _Section) -> Iterator[tuple[str, Withdrawal]]:
    for sentence in _BLOCKED.finditer(section.text):
        day = datetime.strptime(sentence["day"], "%B %d, %Y").date()
        for value, definition in section.definitions:
            label = re.split(r" \(|:", definition.text.strip())[0]
            if label and re.search(rf"\b{re.escape(label)}\b", sentence["what"]):
                yield value, Withdrawal(day, sentence[0])
    for _, definition in section.definitions:
        yield from _withdrawn(definition)


class _Reader(HTMLParser):
    """Parser that splits a documentation text into sections: the whole, and one for each definition."""

    def __init__(self) -> None:
        super().__init__()
        self.sections = [_Section()]
        self._term = ""
        self._in_term = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag == "dt":
            self._term, self._in_term = "", True
        elif tag == "dd":
            section = _Section()
            self.sections[-1].definitions.append((self._term.strip(), section))
            self.sections.append(section)

    def handle_endtag(self, tag: str) -> None:
        if tag == "dt":
            self._in_term = False
        elif tag == "dd" and len(self.sections) > 1:
            self.sections.pop()
        elif tag in {"p", "li"}:
            self.sections[-1].text += "\n"

    def handle_data(self, data: str) -> None:
        if self._in_term:
            self._term += data
        else:
            self.sections[-1].text += data


def _read(documentation: str) -> _Section:
    reader = _Reader()
    reader.feed(documentation)
    reader.close()
    return reader.sections[0]
