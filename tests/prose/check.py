"""Findings of all rules in all files."""

from collections.abc import Iterator

from tests.prose.files import ROOT, written_files
from tests.prose.rules import long_lines, unwanted_openings, unwanted_words

__all__ = ["findings"]


def findings() -> Iterator[str]:
    """Yield one line per finding: place, words, replacement."""
    for file in written_files():
        text = file.read_text(encoding="utf-8")
        found = list(unwanted_words(text))
        if file.suffix == ".md":
            found += long_lines(text)
        if file.suffix == ".py":
            found += unwanted_openings(text)
        for finding in found:
            yield f"{file.relative_to(ROOT)}:{finding.line}: {finding.text!r}. Instead: {finding.instead}"
