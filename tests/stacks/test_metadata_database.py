"""The metadata database can be created, upgraded and destroyed."""

import re
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
        expression = stack.resource("aws_rds_cluster", "metadata/cluster")["engine_version"]
        ((major, minor),) = re.findall(r', \["(\d+)\.(\d+)"\]\)\[0\]\}$', expression)
        assert EngineVersion(int(major), int(minor)) in creatable_versions()


def test_instances_run_the_version_of_the_cluster(stacks: dict[str, Synthesized]) -> None:
    """The cluster's version decides; a version of an instance's own is refused when it differs (CreateDBInstance)."""
    for stack in stacks.values():
        instances = stack.resources("aws_rds_cluster_instance")
        assert instances
        assert not any("engine_version" in instance for instance in instances.values())


def test_a_major_upgrade_is_allowed_and_creates_the_new_parameter_group_first(
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


def test_changes_do_not_wait_for_the_maintenance_window(stacks: dict[str, Synthesized]) -> None:
    """Until the window, every plan would show them, and a major upgrade could not delete the old parameter group."""
    for stack in stacks.values():
        for kind in ("aws_rds_cluster", "aws_rds_cluster_instance"):
            assert all(resource["apply_immediately"] for resource in stack.resources(kind).values())


def test_the_last_snapshot_is_taken_also_without_protection(tmp_path: Path) -> None:
    (staging,) = (config for config in load_environments() if config.name == "staging")
    document = staging.model_dump(mode="json")
    document["metadata"]["protected"] = False
    document["registry"]["promotes_from"] = None
    stack = synthesize([Environment.model_validate(document)], tmp_path)["staging"]
    cluster = stack.resource("aws_rds_cluster", "metadata/cluster")
    assert cluster["deletion_protection"] is False
    assert cluster["skip_final_snapshot"] is False
    assert re.fullmatch(
        r"terrarium-staging-metadata-final-\$\{aws_security_group\.[\w-]+\.id\}",
        cluster["final_snapshot_identifier"],
    ), "an environment that is taken down twice leaves two snapshots"
