"""Findings of all rules in all files."""

from collections.abc import Iterator

from tests.prose.files import ROOT, written_files
from tests.prose.rules import long_lines, unwanted_openings, unwanted_words

__all__ = ["findings"]

# Folders and files that are not clean yet. Remove an entry together with its last finding.
_PENDING_WORDS: tuple[str, ...] = (
    "src/terrarium/experiments/",
    "src/terrarium/journal/",
    "src/terrarium_sandbox/",
    "tests/unit/sandbox/",
)
_PENDING_OPENINGS: tuple[str, ...] = (
    "src/terrarium/experiments/",
    "src/terrarium/journal/",
    "src/terrarium_sandbox/",
    "tests/unit/sandbox/",
)
_PENDING_LINES: tuple[str, ...] = ("docs/guides/sandbox.md",)


def findings() -> Iterator[str]:
    """Yield one line per finding: place, words, replacement."""
    for file in written_files():
        name = file.relative_to(ROOT).as_posix()
        text = file.read_text(encoding="utf-8")
        found = [] if name.startswith(_PENDING_WORDS) else list(unwanted_words(text))
        if file.suffix == ".md" and not name.startswith(_PENDING_LINES):
            found += long_lines(text)
        if file.suffix == ".py" and not name.startswith(_PENDING_OPENINGS):
            found += unwanted_openings(text)
        for finding in found:
            yield f"{name}:{finding.line}: {finding.text!r}. Instead: {finding.instead}"
