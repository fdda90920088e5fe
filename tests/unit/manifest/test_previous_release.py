"""Manifests across releases, with the real code of the previous one."""

import json

from terrarium.manifest import OLDEST_READER, parse_manifest
from tests.support.document_differences import differences
from tests.support.previous_release import PreviousRelease
from tests.unit.example_manifest import example_manifest

pytest_plugins = ["tests.support.previous_sdk"]

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


def test_the_previous_sdk_reads_the_manifest_of_this_release(previous_sdk: PreviousRelease) -> None:
    """It finds the same values in all fields that it knows."""
    written = example_manifest().model_dump(mode="json")
    read = json.loads(previous_sdk.run("-c", _READ, json.dumps(written)))
    assert differences(read, written) == []


def test_this_sdk_reads_the_manifest_of_the_previous_release(previous_sdk: PreviousRelease) -> None:
    text = previous_sdk.run("-c", _WRITE, previous_sdk.checkout)
    written = json.loads(text)
    assert differences(written, parse_manifest(text, source=SOURCE).model_dump(mode="json")) == []
    assert written["oldest_reader"] >= OLDEST_READER
