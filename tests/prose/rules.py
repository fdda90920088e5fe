"""Words that the repository does not use, each with its replacement; first words of docstrings; width of Markdown.

The patterns contain character classes, so that a search for the words does not find this file.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["COLUMNS", "RULES", "Finding", "long_lines", "unwanted_openings", "unwanted_words"]

COLUMNS = 110


@dataclass(frozen=True)
class Rule:
    """A pattern for one line of text, and what to write instead."""

    pattern: re.Pattern[str]
    instead: str


@dataclass(frozen=True)
class Finding:
    """A place in a file that breaks a rule."""

    line: int
    text: str
    instead: str


def _rule(pattern: str, instead: str) -> Rule:
    return Rule(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), instead)


RULES = (
    _rule(r"who[e]ver", "the person or program: 'the caller', 'a user who'"),
    _rule(r"[a]new", "'again', or a verb: 'rebuild', 'recreate'"),
    _rule(r"[m]end(?:s|ed|ing)?", "'fix', 'correct'"),
    _rule(r"[n]or (?:is|are|was|were|has|have|does|do|did|can|will)", "a second sentence with 'not'"),
    _rule(r"be ha[d]", "'available', 'returned'"),
    _rule(r"of our[s]", "a noun: 'of the SDK', 'of the kit'"),
    _rule(r"[s]hall", "'must', 'should' or the present tense"),
    _rule(r"for eve[r]", "'permanently', 'without end'"),
    _rule(r"(?:is|are|was|were|be|been|being) tol[d]", "'receives', 'is notified', 'is passed'"),
    _rule(r"in [v]ain", "'without effect'"),
    _rule(r"(?:is|are|was|were) non[e] of", "'is not a', 'does not belong to'"),
    _rule(r"(?:be|being|get|got) ri[d]", "'delete', 'remove'"),
    _rule(r"hear[ds] of", "'receives', 'is subscribed to'"),
)

_OPENING = re.compile(r"(?:What|Where|Which|How|Whether|Who|Whose|Whom|Why)\b")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_UNWRAPPABLE = re.compile(r"\s*(?:[#|<]|!?\[[^]]*\]\S*$|\S+$)")


def unwanted_words(text: str) -> Iterator[Finding]:
    """Yield the places of `text` that contain an unwanted word."""
    for number, line in enumerate(text.splitlines(), start=1):
        for rule in RULES:
            for match in rule.pattern.finditer(line):
                yield Finding(number, match.group(), rule.instead)


def unwanted_openings(python: str) -> Iterator[Finding]:
    """Yield the docstrings that begin with a question word."""
    for node in ast.walk(ast.parse(python)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node) or ""
            if _OPENING.match(docstring):
                line = getattr(node, "lineno", 1)
                yield Finding(
                    line, docstring.partition("\n")[0], "functions: a verb; modules and classes: a noun"
                )


def long_lines(markdown: str) -> Iterator[Finding]:
    """Yield the lines of prose that exceed `COLUMNS`; headings, tables, code and single links may be longer."""
    in_code = False
    for number, line in enumerate(markdown.splitlines(), start=1):
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code and len(line) > COLUMNS and not _UNWRAPPABLE.match(line):
            yield Finding(number, f"{len(line)} columns", f"wrap at {COLUMNS}")
