"""One version: pyproject.toml has it, the changelog and the tag of a release name it."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

import terrarium
from operations.changelog import released_versions
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


def test_the_version_is_the_newest_release_or_a_later_one_whose_entries_are_unreleased() -> None:
    newest, version = Version(released_versions()[0]), Version(project_version())
    assert version >= newest
    if version > newest:
        assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text()


def test_accepts_the_tag_of_a_released_version(tmp_path: Path) -> None:
    changelog = "## Unreleased\n\n## 0.2.0 (2027-02-01)\n\n## 0.1.0 (2026-11-30)\n"
    check_release_tag("v0.2.0", checkout=checkout(tmp_path, version="0.2.0", changelog=changelog))


@pytest.mark.parametrize("tag", [project_version(), "v0.1", "v9.0.0", "main"])
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


def test_the_package_is_described_for_its_users() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    supported = [name.rpartition(" ")[2] for name in project["classifiers"] if "Python :: 3." in name]
    assert supported == ["3.11", "3.12", "3.13", "3.14"]
    assert project["authors"]


def test_everything_that_states_the_oldest_python_states_that_of_pyproject_toml() -> None:
    """Python 3.11.0 to 3.11.3 lack `TarFile.extractall(filter=)`, with which jobs unpack code."""
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(
        ">="
    )
    assert oldest == "3.11.4"
    for file, statement in {
        "src/terrarium_sandbox/pyproject.toml": f'requires-python = ">={oldest}"',
        "src/terrarium/init/templates/pyproject.toml.template": f'requires-python = ">={oldest}"',
        "Makefile": f"sys.version_info < ({oldest.replace('.', ', ')}) and",
        "README.md": f"Python ≥ {oldest},",
        "docs/guides/releases.md": f"Python {oldest} or later",
        "src/terrarium/cli/describe.py": f"(Python {oldest} or later)",
    }.items():
        assert statement in (ROOT / file).read_text(), file
