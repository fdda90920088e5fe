"""The runbook for moving to cdktn: with the replaced imports, the stacks stay what they are."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from environments import environment_names
from terrarium.checkout import ENVIRONMENTS
from tests.support.runbook import Runbook

ROOT = Path(__file__).parents[3]
PROVIDER_AND_CDKTN = {
    "////metadata/version",
    "/terraform/required_providers/aws/source",
    "/terraform/required_providers/aws/version",
}


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    """A copy of the checkout, whose files the page edits."""
    folder = tmp_path / "checkout"
    for package in ("environments", "modules", "policies", "src", "stacks"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for read in (
        "LICENSE",
        "README.md",
        "cdktf.json",
        "examples",
        "images",
        "pyproject.toml",
        "requirements",
    ):
        (folder / read).symlink_to(ROOT / read)
    return folder


def values(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of each leaf of a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
    if items is None:
        yield path, node
        return
    for key, child in items:
        yield from values(child, f"{path}/{key}")


def stack(folder: Path, name: str) -> dict[str, Any]:
    """Return the leaves of a synthesized stack, but for the digest that is part of its manifest."""
    text = (folder / "stacks" / name / "cdk.tf.json").read_text()
    digest = text.partition("sha256:")[2][:64]
    return dict(values(json.loads(text.replace(digest, ""))))


@pytest.mark.slow  # installs cdktn, and imports its bindings for the first time
def test_only_the_renamed_argument_and_the_provider_differ(
    branch: Path, runbook: Runbook, tmp_path: Path
) -> None:
    shell = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        ENVIRONMENTS: str(ROOT / "tests" / "environments"),
    }
    trial = tmp_path / "trial"
    runbook.follow(shell, checkout=branch, values={"environment": "dev", "trial": str(trial)})
    for name in environment_names(ROOT / "tests" / "environments"):
        before, after = stack(trial / "before", name), stack(trial / "after", name)
        differing = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        renamed = sorted(path for path in differing if path.endswith("/name_prefix"))
        old = [path.replace("/name_prefix", "/compute_environment_name_prefix") for path in renamed]
        assert [before[path] for path in old] == [after[path] for path in renamed], name
        assert differing - {*renamed, *old} == PROVIDER_AND_CDKTN, name
