"""Builds, deployments and CI install verified packages, and never Terrarium from an index."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from operations.images.commands import images
from policies.installs import install_commands, is_offline, is_verified

ROOT = Path(__file__).parents[2]
DOCKERFILES = sorted((ROOT / "images").rglob("Dockerfile*"))
WORKFLOWS = sorted((ROOT / ".github").rglob("*.yml"))
TEMPLATES = sorted((ROOT / "src/terrarium/init/templates").rglob("*.yml.template"))
SCRIPTS = sorted((ROOT / "modules/notebook").glob("*.sh"))
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs/guides").glob("*.md"))]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    ("command", "verified"),
    [
        ("pip install terrarium-ml", False),
        ("RUN python3 -m pip install --no-cache-dir \\\n    --upgrade pip", False),
        ("make x && uv pip install -r requirements.txt", False),
        ("uvx terrarium-ml", False),
        ("npx --yes cdktf-cli@latest synth", False),
        ("npm install", False),
        ("pip3.11 install --no-index --find-links wheels terrarium-ml", False),
        ("pip install --require-hashes -r requirements.txt", True),
        ("uv pip install --no-deps --no-build-isolation --editable .", True),
        ("npm ci --silent", True),
    ],
)
def test_an_installation_is_recognized(command: str, verified: bool) -> None:  # noqa: FBT001 - a case
    (found,) = install_commands(command)
    assert is_verified(found) is verified


def test_ignores_commands_that_install_nothing() -> None:
    text = "# pip install x\npip list\ninstall --directory --owner=job /work\nuv venv .venv\nnpm test\n"
    assert list(install_commands(text)) == []


@pytest.mark.parametrize("file", [*DOCKERFILES, *WORKFLOWS, *SCRIPTS, ROOT / "Makefile"], ids=_name)
def test_every_installation_verifies_hashes(file: Path) -> None:
    assert [one for one in install_commands(file.read_text()) if not is_verified(one)] == []


@pytest.mark.parametrize("file", [*DOCKERFILES, ROOT / "modules/notebook/install_sdk.sh"], ids=_name)
def test_images_and_notebooks_ask_no_package_index(file: Path) -> None:
    commands = list(install_commands(file.read_text()))
    assert commands
    assert [one for one in commands if not is_offline(one)] == []


@pytest.mark.parametrize("file", [*DOCKERFILES, *WORKFLOWS, *TEMPLATES, *SCRIPTS, *GUIDES], ids=_name)
def test_terrarium_comes_from_files_whose_hashes_are_stated(file: Path) -> None:
    """By its name on a package index, everybody who registers the name could run code."""
    installing = [one for one in install_commands(file.read_text()) if re.search(r"\bterrarium[-_]ml\b", one)]
    assert installing == []


@pytest.mark.parametrize("file", DOCKERFILES, ids=_name)
def test_images_are_built_on_an_image_pinned_by_digest(file: Path) -> None:
    bases = list(_bases(file.read_text()))
    assert bases
    assert [base for base in bases if not re.search(r"@sha256:[0-9a-f]{64}$", base)] == []


@pytest.mark.parametrize(
    "image", ["registry.example/python:3.11", "python@sha256:12", "python:3.11 --no-cache"]
)
def test_no_image_is_built_on_a_base_that_can_be_replaced(image: str) -> None:
    refused = CliRunner().invoke(images, ["build", "--python-image", image])
    assert refused.exit_code == 2
    assert "is not pinned by its digest" in refused.output


def _bases(text: str) -> Iterator[str]:
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)$", text, re.MULTILINE))
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", text, re.MULTILINE | re.IGNORECASE))
    for base in re.findall(r"^FROM (?:--\S+ )*(\S+)", text, re.MULTILINE):
        if base not in stages:
            yield re.sub(r"\$\{(\w+)\}", lambda match: arguments[match[1]], base)
