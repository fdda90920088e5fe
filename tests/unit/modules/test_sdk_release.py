"""The release id is a digest of the sources of the base image, and of nothing else."""

import shutil
from pathlib import Path

import pytest

from modules.sdk_release import CHECKOUT, sdk_release

FILES = ("LICENSE", "README.md", "pyproject.toml", "images/base/Dockerfile", "requirements/sdk.txt")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the sources of this checkout."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / name, tmp_path / name)
    shutil.copytree(
        CHECKOUT / "src/terrarium",
        tmp_path / "src/terrarium",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path


def test_another_checkout_of_the_same_sources_has_the_same_release(checkout: Path) -> None:
    assert sdk_release(checkout) == sdk_release()


def test_files_of_tools_do_not_change_the_id(checkout: Path) -> None:
    (checkout / "src/terrarium/__pycache__").mkdir()
    (checkout / "src/terrarium/__pycache__/manifest.cpython-311.pyc").write_bytes(b"compiled")
    (checkout / "src/terrarium/.DS_Store").write_bytes(b"finder")
    (checkout / "uv.lock").write_text("another tool's")
    assert sdk_release(checkout) == sdk_release()


@pytest.mark.parametrize("name", [*FILES, "src/terrarium/metadata/migration.py", "src/terrarium/new.py"])
def test_a_change_of_any_source_is_another_release(checkout: Path, name: str) -> None:
    with (checkout / name).open("a") as file:
        file.write("\n")
    assert sdk_release(checkout).id != sdk_release().id


def test_a_renamed_module_is_another_release(checkout: Path) -> None:
    folder = checkout / "src/terrarium"
    (folder / "errors.py").rename(folder / "failures.py")
    assert sdk_release(checkout).id != sdk_release().id


def test_dependencies_have_a_separate_id(checkout: Path) -> None:
    (checkout / "src/terrarium/new.py").touch()
    assert sdk_release(checkout).dependencies_id == sdk_release().dependencies_id
    with (checkout / "requirements/sdk.txt").open("a") as file:
        file.write("\n")
    assert sdk_release(checkout).dependencies_id != sdk_release().dependencies_id


def test_the_tag_is_valid_in_ecr() -> None:
    """As the `imageTag` of ECR's API model: letters, digits, `_`, `.`, `-`, at most 128."""
    tag = sdk_release().image_tag
    assert tag.startswith("base-")
    assert tag.removeprefix("base-").isalnum()
