"""The changelog: the notes of each release."""

import subprocess
import sys
from pathlib import Path

import pytest

from operations.changelog import release_notes, released_versions

ROOT = Path(__file__).parents[3]
CHANGELOG = """# Changelog

## Unreleased

- Later

## 0.2.0 (2027-02-01)

### Added

- This

## 0.1.0 (2026-11-30)

- That
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return tmp_path


def test_the_newest_release_comes_first(checkout: Path) -> None:
    assert released_versions(checkout) == ("0.2.0", "0.1.0")


def test_the_notes_of_a_release_are_its_section_without_the_heading(checkout: Path) -> None:
    assert release_notes("0.2.0", checkout) == "### Added\n\n- This"
    assert release_notes("0.1.0", checkout) == "- That"


def test_every_release_of_this_repository_has_notes() -> None:
    assert all(release_notes(version) for version in released_versions())


def test_the_command_prints_the_notes_of_a_tag_and_refuses_one_without_notes() -> None:
    def printed(tag: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "operations.changelog", tag]
        return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

    newest = released_versions()[0]
    assert printed(f"v{newest}").stdout.strip() == release_notes(newest)
    refused = printed("v9.9.9")
    assert (refused.returncode, newest in refused.stderr) == (1, True)
