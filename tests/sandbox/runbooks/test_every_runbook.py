"""Runbooks: each page has a test that follows it, the common structure, and a line in the index."""

import re
from pathlib import Path

import pytest

from tests.support.runbook import Runbook

_FOLDER = Path(__file__).parents[3] / "docs" / "runbooks"
_INDEX = _FOLDER / "README.md"
_PAGES = sorted(page for page in _FOLDER.glob("*.md") if page != _INDEX)
_HEADINGS = ("Notice it", "Steps", "Check", "What is lost")
_FACTS = ("Role", "Time")

each_page = pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)


@each_page
def test_a_test_follows_the_page(page: Path) -> None:
    file = Path(__file__).with_name(f"test_{page.stem.replace('-', '_')}.py")
    assert file.exists(), f"write {file.name}: it follows {page.name}, with the fixture `runbook`"
    assert "runbook.follow(" in file.read_text(encoding="utf-8")


@each_page
def test_the_page_has_the_headings_in_order(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert [heading for heading in headings if heading in _HEADINGS] == list(_HEADINGS)


@each_page
def test_the_page_states_role_and_time(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert all(re.search(rf"^\| {fact} \| \S", text, re.MULTILINE) for fact in _FACTS), _FACTS


@each_page
def test_the_page_has_commands(page: Path) -> None:
    assert list(Runbook(page).commands())


@each_page
def test_the_index_lists_the_page(page: Path) -> None:
    assert f"]({page.name})" in _INDEX.read_text(encoding="utf-8")
