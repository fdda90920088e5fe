"""The metadata database can be created, upgraded and taken down."""

from pathlib import Path

from environments import Environment, load_environments
from environments.engine_versions import EngineVersion, creatable_versions
from tests.stacks.synthesized import Synthesized, synthesize


def _with_version(version: str, folder: Path) -> Synthesized:
    (dev,) = (config for config in load_environments() if config.name == "dev")
    document = dev.model_dump(mode="json")
    document["metadata"]["engine_version"] = version
    return synthesize([Environment.model_validate(document)], folder)["dev"]


def test_a_cluster_can_be_created_with_its_version(stacks: dict[str, Synthesized]) -> None:
    for stack in stacks.values():
        major, _, minor = stack.resource("aws_rds_cluster", "metadata/cluster")["engine_version"].partition(
            "."
        )
        assert EngineVersion(int(major), int(minor)) in creatable_versions()


def test_instances_run_the_version_of_the_cluster(stacks: dict[str, Synthesized]) -> None:
    """The cluster's version decides; a version of an instance's own is refused when it differs (CreateDBInstance)."""
    for stack in stacks.values():
        instances = stack.resources("aws_rds_cluster_instance")
        assert instances
        assert not any("engine_version" in instance for instance in instances.values())


def test_a_major_upgrade_is_allowed_and_brings_a_parameter_group_before_the_old_one_goes(
    tmp_path: Path,
) -> None:
    """ModifyDBCluster refuses a new major version without AllowMajorVersionUpgrade and a group of its family."""
    before, after = (_with_version(version, tmp_path / version) for version in ("16.8", "17.7"))
    assert after.resource("aws_rds_cluster", "metadata/cluster")["allow_major_version_upgrade"] is True
    groups = [
        stack.resource("aws_rds_cluster_parameter_group", "metadata/parameters") for stack in (before, after)
    ]
    assert [group["family"] for group in groups] == ["aurora-postgresql16", "aurora-postgresql17"]
    assert groups[0]["name"] != groups[1]["name"], "since both exist for a while"
    assert all(group["lifecycle"]["create_before_destroy"] for group in groups)
