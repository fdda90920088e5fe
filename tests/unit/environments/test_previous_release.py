"""Environments' files of the previous release."""

from pathlib import Path

from environments import load_environments
from tests.support.previous_release import extract_previous_release


def test_the_files_of_the_previous_release_are_valid(tmp_path: Path) -> None:
    """A field that is removed, renamed or required is a breaking change: say in CHANGELOG.md what to write instead."""
    folder = extract_previous_release(tmp_path).checkout / "environments"
    assert {config.name for config in load_environments(folder)} == {
        file.stem for file in folder.glob("*.toml")
    }
