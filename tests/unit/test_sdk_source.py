"""Source of the SDK: the environment's bucket, and no package index, on which anybody may register the name."""

import json
import re
from pathlib import Path

import pytest

from terrarium.errors import ManifestTooNewError
from terrarium.manifest import MANIFEST_VERSION, parse_manifest
from terrarium.sdk_source import install_commands, sandbox_command
from terrarium.venvs import sort_packages

ROOT = Path(__file__).parents[2]
SOURCES = ("src", "modules", "operations", "stacks", "docs/guides", "images", ".github", "README.md")


def texts() -> dict[Path, str]:
    files = [
        path
        for source in SOURCES
        for path in ([ROOT / source] if (ROOT / source).is_file() else (ROOT / source).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return {path: path.read_text(encoding="utf-8", errors="replace") for path in files}


def test_nothing_installs_terrarium_by_its_name_and_no_text_tells_users_to() -> None:
    installing = re.compile(r"install[^\n]{0,60}\bterrarium-(?:ml|sandbox)\b(?! @)")
    assert [path for path, text in texts().items() if installing.search(text)] == []


def test_new_projects_do_not_ask_an_index_for_terrarium() -> None:
    template = ROOT / "src/terrarium/init/templates/pyproject.toml.template"
    assert "terrarium-ml" not in template.read_text()


def test_a_run_of_another_release_is_reproduced_with_this_one(tmp_path: Path) -> None:
    """Terrarium is the harness of an experiment, and no package index has the recorded release."""
    packages = sort_packages({"terrarium-ml": "0.1.0+r0123456789abcdef", "numpy": "2.4.6"}, code=tmp_path)
    assert packages.pinned == ("numpy==2.4.6",)
    assert packages.folders == (ROOT,)


def test_the_commands_check_every_hash() -> None:
    commands = install_commands(bucket="b", release_prefix="sdk/releases/1/", dependencies_prefix="sdk/d/2/")
    assert all("--require-hashes" in command for command in commands)
    anywhere, without_index = commands
    assert "--no-index" in without_index
    assert "s3://b/sdk/d/2/" in without_index
    assert "s3://b/sdk/releases/1/" in anywhere


def test_the_sandbox_comes_from_the_bucket_too() -> None:
    command = sandbox_command(bucket="b", release_prefix="sdk/releases/1/")
    assert command.startswith(
        "aws s3 sync s3://b/sdk/releases/1/ terrarium-sdk && pip install --require-hashes "
    )
    assert "terrarium-sandbox" not in command, "nobody installs it by its name"


@pytest.mark.parametrize("named", [True, False])
def test_a_manifest_from_the_future_says_how_to_install_the_sdk_that_reads_it(*, named: bool) -> None:
    document = {
        "version": MANIFEST_VERSION + 1,
        "artifacts": {"bucket": "terrarium-dev-artifacts-1"},
        "sdk": {"release_prefix": "sdk/releases/1/", "dependencies_prefix": "sdk/dependencies/2/"},
    }
    if not named:
        del document["sdk"]
    with pytest.raises(ManifestTooNewError) as refused:
        parse_manifest(json.dumps(document), source="/terrarium/dev/manifest")
    wanted = "s3://terrarium-dev-artifacts-1/sdk/releases/1/" if named else "ask the team that deploys it"
    assert wanted in refused.value.remedy


@pytest.mark.parametrize(
    "library", ["matplotlib", "numpy", "optuna", "pandas", "polars", "pyarrow", "pyiceberg", "skops"]
)
def test_the_served_sdk_includes_every_library_that_errors_say_it_includes(library: str) -> None:
    """The remedy of a missing library is `INSTALL_SDK`: the bucket's requirements are those of the lock."""
    lock = (ROOT / "requirements" / "sdk.txt").read_text()
    assert re.search(rf"^{library}==", lock, re.MULTILINE)
