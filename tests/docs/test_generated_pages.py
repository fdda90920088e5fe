"""What the documentation says of the stacks is what the stacks are."""

import pytest

from operations.reference import pages
from operations.synthesized import Resource, synthesize_stacks


@pytest.fixture(scope="module")
def stacks() -> dict[str, list[Resource]]:
    return synthesize_stacks()


def test_generated_pages_are_fresh(stacks: dict[str, list[Resource]]) -> None:
    stale = [page.name for page, text in pages(stacks).items() if page.read_text(encoding="utf-8") != text]
    assert stale == [], "run `make docs` and commit what it writes"
