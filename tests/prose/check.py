"""Findings of all rules in all files."""

from collections.abc import Iterator

from tests.prose.files import ROOT, written_files
from tests.prose.rules import long_lines, unwanted_openings, unwanted_words

__all__ = ["findings"]

# Folders and files that are not clean yet. Remove an entry together with its last finding.
_PENDING_WORDS = (
    "Makefile",
    "benchmarks/",
    "docs/guides/artifacts.md",
    "docs/guides/compute.md",
    "docs/guides/datasets.md",
    "docs/guides/features.md",
    "docs/guides/pipelines.md",
    "docs/guides/policy.md",
    "docs/guides/sandbox.md",
    "docs/guides/synthesis.md",
    "docs/guides/ui.md",
    "docs/guides/verify.md",
    "docs/guides/warehouse.md",
    "examples/",
    "operations/",
    "policies/",
    "src/",
    "tests/policies/",
    "tests/sandbox/",
    "tests/support/",
    "tests/unit/",
)
_PENDING_OPENINGS = (
    "benchmarks/",
    "examples/",
    "operations/",
    "policies/",
    "src/",
    "tests/policies/",
    "tests/sandbox/",
    "tests/security/",
    "tests/stacks/",
    "tests/support/",
    "tests/unit/",
)
_PENDING_LINES = (
    "SECURITY.md",
    "docs/guides/artifacts.md",
    "docs/guides/compute.md",
    "docs/guides/datasets.md",
    "docs/guides/features.md",
    "docs/guides/pipelines.md",
    "docs/guides/policy.md",
    "docs/guides/sandbox.md",
    "docs/guides/synthesis.md",
    "docs/guides/ui.md",
    "docs/guides/verify.md",
    "docs/guides/warehouse.md",
    "docs/reference/sandbox-patches.md",
    "docs/security/",
)


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
