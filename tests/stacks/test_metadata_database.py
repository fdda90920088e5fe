"""The metadata database can be created, upgraded and destroyed."""

import re
from pathlib import Path
from typing import Any

from environments import Environment, load_environments
from environments.engine_versions import EngineVersion, creatable_versions
from tests.stacks.synthesized import Synthesized, synthesize


def _with_version(version: str, folder: Path) -> Synthesized:
    return _with(folder, engine_version=version)


def _with(folder: Path, **metadata: Any) -> Synthesized:
    (dev,) = (config for config in load_environments() if config.name == "dev")
    document = dev.model_dump(mode="json")
    document["metadata"] |= metadata
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


def test_instances_have_the_classes_of_the_file(tmp_path: Path) -> None:
    stack = _with(tmp_path, instances=3, instance_class="db.r7g.large", reader_instance_class="db.t4g.medium")
    assert [
        (instance["instance_class"], instance["promotion_tier"])
        for _, instance in sorted(stack.resources("aws_rds_cluster_instance").items())
    ] == [("db.r7g.large", 0), ("db.t4g.medium", 1), ("db.t4g.medium", 2)]


def test_provisioned_instances_are_watched_by_their_processor(tmp_path: Path) -> None:
    """They have no ACUUtilization (Amazon Aurora User Guide, "Instance-level metrics")."""
    stack = _with(tmp_path, instance_class="db.r7g.large")
    alarm = stack.resource("aws_cloudwatch_metric_alarm", "alarms/database-at-capacity")
    assert alarm["metric_name"] == "CPUUtilization"
    assert "Choose a larger metadata.instance_class" in alarm["alarm_description"]


def test_storage_and_windows_are_those_of_the_file(tmp_path: Path) -> None:
    windows = {"backup_window": "02:00-03:00", "maintenance_window": "sun:03:30-sun:04:30"}
    stack = _with(tmp_path, io_optimized=True, **windows)
    cluster = stack.resource("aws_rds_cluster", "metadata/cluster")
    (instance,) = stack.resources("aws_rds_cluster_instance").values()
    assert cluster["storage_type"] == "aurora-iopt1"
    assert cluster["preferred_backup_window"] == windows["backup_window"]
    assert cluster["preferred_maintenance_window"] == windows["maintenance_window"]
    assert instance["preferred_maintenance_window"] == windows["maintenance_window"]
