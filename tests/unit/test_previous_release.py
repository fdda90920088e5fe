"""The previous release, which tests build from its commit."""

import subprocess
from pathlib import Path

import pytest

from operations.changelog import released_versions
from operations.release_tag import project_version
from tests.support.previous_release import PREVIOUS_COMMIT, PREVIOUS_VERSION, extract_previous_release


def test_it_is_the_release_before_this_version() -> None:
    """After a release: write its commit and version to tests/support/previous_release.py."""
    earlier = [version for version in released_versions() if version != project_version()]
    assert earlier[0] == PREVIOUS_VERSION


def test_its_commit_has_its_version(tmp_path: Path) -> None:
    assert project_version(extract_previous_release(tmp_path).checkout) == PREVIOUS_VERSION


def test_a_clone_without_its_commit_names_the_command_that_gets_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    with pytest.raises(AssertionError, match=rf"{PREVIOUS_COMMIT}[\s\S]*git fetch --unshallow"):
        extract_previous_release(tmp_path / "release", repository=tmp_path)
