import json
from typing import Any

import pytest

from terrarium.errors import ManifestMalformedError, ManifestTooNewError
from terrarium.manifest import MANIFEST_VERSION, manifest_environment, manifest_parameter, parse_manifest
from tests.unit.example_manifest import example_manifest

SOURCE = "the manifest /terrarium/dev/manifest"


def written(**changes: Any) -> str:
    return json.dumps(example_manifest().model_dump(mode="json") | changes)


def test_what_is_written_is_what_is_read() -> None:
    assert parse_manifest(written(), source=SOURCE) == example_manifest()


def test_it_fits_a_standard_parameter() -> None:
    assert len(written()) <= 4096, "more needs SSM's advanced tier, which costs"


def test_a_hundred_pipelines_leave_a_quarter_of_an_advanced_parameter_free() -> None:
    document = example_manifest().model_dump(mode="json")
    document["pipelines"]["names"] = [
        f"{number:016}" for number in range(100)
    ]  # the longest that a file may name
    assert len(written(**document)) <= 8192 * 3 // 4


def test_the_arn_of_a_state_machine_follows_from_its_pipeline() -> None:
    arn = example_manifest().pipelines.state_machine_arn("churn")
    assert arn.endswith(":stateMachine:terrarium-dev-churn")


def test_a_newer_version_asks_for_an_upgrade_whatever_else_it_holds() -> None:
    with pytest.raises(
        ManifestTooNewError, match=r"version 2; this Terrarium reads version 1[\s\S]*install the SDK"
    ):
        parse_manifest(written(version=MANIFEST_VERSION + 1, quantum={}), source=SOURCE)


def test_all_problems_are_named_with_their_path_at_once() -> None:
    document = example_manifest().model_dump(mode="json")
    del document["metadata"]["host"]
    document["artifacts"]["experiments_prefix"] = "/experiments"
    document["surprise"] = 1
    with pytest.raises(ManifestMalformedError) as caught:
        parse_manifest(json.dumps(document), source=SOURCE)
    for path in ("metadata.host", "artifacts.experiments_prefix", "surprise", SOURCE):
        assert path in caught.value.problem


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": "1"}'])
def test_what_is_no_manifest_at_all_is_malformed(text: str) -> None:
    with pytest.raises(ManifestMalformedError, match="/terrarium/dev/manifest"):
        parse_manifest(text, source=SOURCE)


def test_the_parameter_names_the_environment_and_back() -> None:
    assert manifest_environment(manifest_parameter("staging")) == "staging"
    assert manifest_environment("/terrarium/staging/other") is None
