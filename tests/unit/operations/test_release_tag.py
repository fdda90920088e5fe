"""One version: pyproject.toml has it, the changelog and the tag of a release name it."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import terrarium
from operations.release_tag import ReleaseTagError, check_release_tag, project_version

ROOT = Path(__file__).parents[3]


def checkout(folder: Path, *, version: str, changelog: str) -> Path:
    (folder / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
    (folder / "CHANGELOG.md").write_text(changelog)
    return folder


def test_the_version_is_that_of_pyproject_toml() -> None:
    assert terrarium.__version__ == version("terrarium-ml") == project_version()


def test_no_other_file_states_the_version() -> None:
    """A second place would differ one day. Locks and examples of outputs are not sources of it."""
    stated = re.compile(r"^\s*(__version__|version)\s*(: \w+)? ?= ?[\"']\d", re.MULTILINE)
    files = [
        path
        for folder in ("src/terrarium", "operations", "modules")
        for path in (ROOT / folder).rglob("*.py")
    ]
    assert [path for path in files if stated.search(path.read_text())] == []


def test_the_changelog_and_the_tag_of_this_version_agree() -> None:
    check_release_tag(f"v{project_version()}")


@pytest.mark.parametrize("tag", ["0.1.0", "v0.1", "v0.2.0", "main"])
def test_refuses_a_tag_that_is_not_the_version(tag: str) -> None:
    with pytest.raises(ReleaseTagError, match=re.escape(f"the tag {tag} does not name the version")):
        check_release_tag(tag)


def test_refuses_a_version_that_the_changelog_does_not_have(tmp_path: Path) -> None:
    folder = checkout(tmp_path, version="0.2.0", changelog="## Unreleased\n\n## 0.1.0 (2026-11-30)\n")
    with pytest.raises(ReleaseTagError, match=r"the newest release in CHANGELOG\.md is 0\.1\.0"):
        check_release_tag("v0.2.0", checkout=folder)


def test_the_command_fails_for_another_tag() -> None:
    command = [sys.executable, "-m", "operations.release_tag"]
    wrong = subprocess.run([*command, "v9"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert wrong.returncode == 1
    assert "git tag v" in wrong.stderr
    subprocess.run([*command, f"v{project_version()}"], cwd=ROOT, check=True)


def test_the_package_is_described_for_its_users() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    supported = [name.rpartition(" ")[2] for name in project["classifiers"] if "Python :: 3." in name]
    assert supported == ["3.11", "3.12", "3.13", "3.14"]
    assert project["authors"]
