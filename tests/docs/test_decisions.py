"""Heads of the decisions in `docs/decisions/`, and their index."""

import datetime
import re
from pathlib import Path

import pytest

from operations.decision_index import AREAS, FOLDER, Decision, decisions_page, read_decision, read_decisions

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    return read_decisions()


def test_index_of_decisions_is_current(decisions: list[Decision]) -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == decisions_page(decisions), "run `make docs`"


def test_file_name_begins_with_the_number(decisions: list[Decision]) -> None:
    assert [found.file for found in decisions if not found.file.startswith(f"{found.number:04d}-")] == []


def test_numbers_are_unique(decisions: list[Decision]) -> None:
    numbers = [found.number for found in decisions]
    assert len(numbers) == len(set(numbers))


def test_areas_are_known_and_dates_exist(decisions: list[Decision]) -> None:
    assert [(found.file, found.area) for found in decisions if found.area not in AREAS] == []
    for found in decisions:
        datetime.date.fromisoformat(found.date)


def test_a_superseded_decision_and_its_successor_link_to_each_other(decisions: list[Decision]) -> None:
    by_file = {found.file: found for found in decisions}
    replaced = {(found.file, new) for found in decisions for new in found.superseded_by}
    replaces = {(old, found.file) for found in decisions for old in found.supersedes}
    assert replaced == replaces
    assert all(old in by_file and new in by_file for old, new in replaced)


def test_refuses_a_page_without_a_status(tmp_path: Path) -> None:
    page = tmp_path / "0001-title.md"
    page.write_text("# 1. Title\n\n- Area: sdk\n- Date: 2026-11-30\n\nText.\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"0001-title\.md"):
        read_decision(page)


def test_links_between_decisions_lead_to_files(decisions: list[Decision]) -> None:
    links = {
        (found.file, link)
        for found in decisions
        for link in re.findall(r"\]\(([^)#:]+)\)", (FOLDER / found.file).read_text(encoding="utf-8"))
    }
    assert [(file, link) for file, link in sorted(links) if not (FOLDER / link).exists()] == []
