import json
from pathlib import Path
from typing import Any

import pytest

from terrarium.egress import REACH
from terrarium.errors import CapabilityDisabledError, ManifestMalformedError, ManifestTooNewError
from terrarium.manifest import (
    MANIFEST_VERSION,
    OLDEST_READER,
    manifest_environment,
    manifest_parameter,
    oldest_reader_of,
    operations_pool,
    parse_manifest,
)
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


def test_a_manifest_for_newer_readers_asks_for_an_upgrade_whatever_else_it_holds() -> None:
    newer = MANIFEST_VERSION + 1
    with pytest.raises(ManifestTooNewError, match=rf"version {newer}[\s\S]*install the SDK"):
        parse_manifest(written(version=newer, oldest_reader=newer, quantum={}), source=SOURCE)


def test_a_manifest_of_a_newer_writer_is_read_without_the_fields_that_it_adds() -> None:
    document = example_manifest().model_dump(mode="json")
    document["network"]["ipv6"] = True
    text = json.dumps(document | {"version": MANIFEST_VERSION + 1, "quantum": {"qubits": 3}})
    read = parse_manifest(text, source=SOURCE)
    assert read.model_copy(update={"version": MANIFEST_VERSION}) == example_manifest()


def test_a_manifest_without_oldest_reader_is_for_readers_of_its_version() -> None:
    document = example_manifest().model_dump(mode="json") | {"version": MANIFEST_VERSION + 1}
    del document["oldest_reader"]
    with pytest.raises(ManifestTooNewError):
        parse_manifest(json.dumps(document), source=SOURCE)


@pytest.mark.parametrize("version", range(OLDEST_READER, MANIFEST_VERSION + 1))
def test_the_manifests_of_earlier_releases_are_read(version: int) -> None:
    text = (Path(__file__).parent / "versions" / f"{version}.json").read_text(encoding="utf-8")
    assert parse_manifest(text, source=SOURCE).version == version


def test_what_this_release_writes_has_every_field_of_the_version_that_it_states() -> None:
    """A field that goes away, or that is required from now on, needs a new `OLDEST_READER`."""
    kept = json.loads(
        (Path(__file__).parent / "versions" / f"{OLDEST_READER}.json").read_text(encoding="utf-8")
    )
    assert _fields(kept) <= _fields(example_manifest().model_dump(mode="json"))


def _fields(document: dict[str, Any], prefix: str = "") -> set[str]:
    return {
        path
        for name, value in document.items()
        for path in (
            {f"{prefix}{name}"} | (_fields(value, f"{prefix}{name}.") if isinstance(value, dict) else set())
        )
    }


def test_all_problems_are_named_with_their_path_at_once() -> None:
    document = example_manifest().model_dump(mode="json")
    del document["metadata"]["host"]
    document["artifacts"]["experiments_prefix"] = "/experiments"
    with pytest.raises(ManifestMalformedError) as caught:
        parse_manifest(json.dumps(document), source=SOURCE)
    for path in ("metadata.host", "artifacts.experiments_prefix", SOURCE):
        assert path in caught.value.problem


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": "1"}'])
def test_what_is_no_manifest_at_all_is_malformed(text: str) -> None:
    with pytest.raises(ManifestMalformedError, match="/terrarium/dev/manifest"):
        parse_manifest(text, source=SOURCE)


def test_the_parameter_names_the_environment_and_back() -> None:
    assert manifest_environment(manifest_parameter("staging")) == "staging"
    assert manifest_environment("/terrarium/staging/other") is None


def test_an_environment_with_an_egress_of_version_3_asks_older_sdks_for_an_upgrade() -> None:
    """Version 2 reads `none`, `public-addresses`, `nat` and `nat-per-zone`, and calls others malformed."""
    assert {egress: oldest_reader_of(egress=egress) for egress in REACH} == {
        "none": 2,
        "interface-endpoints": 3,
        "provided-endpoints": 3,
        "provided-routes": 3,
        "public-addresses": 2,
        "nat": 2,
        "nat-per-zone": 2,
    }


@pytest.mark.parametrize("section", ["features", "pipelines", "registry", "tunnel"])
def test_a_section_that_is_left_out_raises_how_to_switch_the_capability_on(section: str) -> None:
    document = example_manifest().model_dump(mode="json") | {"disabled": [section]}
    del document[section]
    read = parse_manifest(json.dumps(document), source=SOURCE)
    assert getattr(read, f"{section}_or_none") is None
    for use in (lambda: getattr(read, section), lambda: read.check_enabled(section)):  # type: ignore[arg-type]
        with pytest.raises(
            CapabilityDisabledError, match=r"the environment dev has no .*\n.*enabled = true below \["
        ):
            use()


def test_a_manifest_without_a_section_asks_older_sdks_for_an_upgrade() -> None:
    assert oldest_reader_of(egress="nat", disabled=["audit", "budget", "workbench"]) == 2
    assert oldest_reader_of(egress="nat", disabled=["tunnel"]) == 3


def test_jobs_of_operators_run_without_accelerators_on_x86_and_on_ec2_if_a_pool_allows() -> None:
    pool = example_manifest().compute.pools[0].model_copy(update={"name": "cpu"})
    gpu = pool.model_copy(update={"name": "gpu", "accelerator": "gpu"})
    arm = pool.model_copy(update={"name": "arm", "architecture": "arm64"})
    tasks = pool.model_copy(update={"name": "tasks", "launch_type": "fargate"})
    assert operations_pool([gpu, arm, tasks, pool]) is pool
    assert operations_pool([gpu, arm, tasks]) is tasks
    assert operations_pool([gpu, arm]) is arm
    assert operations_pool([gpu]) is gpu


def test_an_sdk_of_the_previous_release_is_asked_to_upgrade_for_pools_with_definitions_of_their_own() -> None:
    assert oldest_reader_of(egress="nat", pool_job_definitions=True) == 3
    assert oldest_reader_of(egress="nat") == OLDEST_READER
