"""Generated pages of the documentation: they are current."""

from pathlib import Path

import pytest

from operations.reference import pages, policy_pages
from operations.synthesized import Resource, synthesize_stacks
from policies.verdict import synthesized


@pytest.fixture(scope="module")
def stacks() -> dict[str, list[Resource]]:
    return synthesize_stacks()


def test_generated_pages_are_fresh(stacks: dict[str, list[Resource]]) -> None:
    stale = [page.name for page, text in pages(stacks).items() if page.read_text(encoding="utf-8") != text]
    assert stale == [], "run `make docs` and commit what it writes"


def test_the_pages_of_capabilities_outputs_and_policies_are_fresh(tmp_path: Path) -> None:
    found = policy_pages(synthesized(tmp_path))
    stale = [page.name for page, text in found.items() if page.read_text(encoding="utf-8") != text]
    assert stale == [], "run `make docs` and commit what it writes"
