"""Manifests across releases, with the real code of the previous one."""

import json
from typing import Any

import pytest

from operations.changelog import released_versions
from operations.release_tag import project_version
from terrarium.manifest import OLDEST_READER, parse_manifest
from tests.support.previous_release import PREVIOUS_VERSION, PreviousRelease, extract_previous_release
from tests.unit.example_manifest import example_manifest

SOURCE = "the manifest /terrarium/dev/manifest"

_READ = """
import sys
from terrarium.manifest import parse_manifest
print(parse_manifest(sys.argv[1], source="the manifest").model_dump_json())
"""
_WRITE = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.unit.example_manifest import example_manifest
print(example_manifest().model_dump_json())
"""


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> PreviousRelease:
    release = extract_previous_release(tmp_path_factory.mktemp("previous"))
    release.install_sdk()
    return release


def test_the_previous_release_is_the_one_before_this_version() -> None:
    """After a release: write its commit and version to tests/support/previous_release.py."""
    earlier = [version for version in released_versions() if version != project_version()]
    assert earlier[0] == PREVIOUS_VERSION


def test_the_previous_sdk_reads_the_manifest_of_this_release(previous: PreviousRelease) -> None:
    """It finds the same values in all fields that it knows."""
    written = example_manifest().model_dump(mode="json")
    read = json.loads(previous.run("-c", _READ, json.dumps(written)))
    assert _differences(read, written) == []


def test_this_sdk_reads_the_manifest_of_the_previous_release(previous: PreviousRelease) -> None:
    text = previous.run("-c", _WRITE, previous.checkout)
    written = json.loads(text)
    assert _differences(written, parse_manifest(text, source=SOURCE).model_dump(mode="json")) == []
    assert written["oldest_reader"] >= OLDEST_READER


def _differences(known: Any, other: Any, path: str = "") -> list[str]:
    """Return the paths of the fields of `known` that `other` lacks, or whose values differ."""
    if isinstance(known, dict) and isinstance(other, dict):
        return [
            difference
            for name, value in known.items()
            for difference in (
                _differences(value, other[name], f"{path}.{name}") if name in other else [f"{path}.{name}"]
            )
        ]
    if isinstance(known, list) and isinstance(other, list) and len(known) == len(other):
        return [
            difference
            for index, (one, two) in enumerate(zip(known, other, strict=True))
            for difference in _differences(one, two, f"{path}.{index}")
        ]
    return [] if known == other else [path]
