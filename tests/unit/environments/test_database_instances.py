"""Instance classes, storage and windows of the database in an environment's file."""

from pathlib import Path

import pytest

from environments import InvalidEnvironmentError, load_environment
from environments.engine_versions import EngineVersion, creatable_versions
from environments.instance_classes import instance_classes
from environments.sections.metadata import MetadataDatabase

_FILE = """
account = "111111111111"
region = "eu-central-1"
tier = "critical"
owner = "ml-platform"
cost_center = "research"
[network]
cidr = "10.10.0.0/16"
[metadata]
{metadata}
"""


def _load(folder: Path, metadata: str) -> MetadataDatabase:
    (folder / "dev.toml").write_text(_FILE.format(metadata=metadata))
    return load_environment("dev", folder).metadata


def _problem(folder: Path, metadata: str) -> str:
    with pytest.raises(InvalidEnvironmentError) as raised:
        _load(folder, metadata)
    (problem,) = raised.value.problems
    return problem


def test_instances_are_serverless_by_default(tmp_path: Path) -> None:
    assert _load(tmp_path, "").instance_classes == ("db.serverless", "db.serverless")


def test_readers_have_the_class_of_the_writer_unless_they_have_their_own(tmp_path: Path) -> None:
    assert _load(tmp_path, 'instance_class = "db.r7g.large"').instance_classes == ("db.r7g.large",) * 2
    mixed = _load(
        tmp_path, 'instance_class = "db.r7g.large"\nreader_instance_class = "db.serverless"\ninstances = 3'
    )
    assert mixed.instance_classes == ("db.r7g.large", "db.serverless", "db.serverless")


@pytest.mark.parametrize("field", ["instance_class", "reader_instance_class"])
def test_a_class_that_aurora_does_not_have_is_refused_with_those_of_its_size(
    tmp_path: Path, field: str
) -> None:
    problem = _problem(tmp_path, f'{field} = "db.m5.large"')
    assert (
        f"metadata.{field} 'db.m5.large' is not a class of Aurora PostgreSQL 17.7 in eu-central-1" in problem
    )
    assert "db.r7g.large" in problem
    assert "db.r7g.xlarge" not in problem


def test_a_misspelt_class_is_refused_with_those_that_are_written_almost_like_it(tmp_path: Path) -> None:
    problem = _problem(tmp_path, 'instance_class = "db.r7g.lage"')
    assert "db.r7g.large" in problem
    assert len(problem) < 250


def test_a_class_that_only_other_versions_have_is_refused(tmp_path: Path) -> None:
    problem = _problem(tmp_path, 'instance_class = "db.r4.large"\nengine_version = "17.7"')
    assert "is not a class of Aurora PostgreSQL 17.7" in problem


@pytest.mark.parametrize("version", creatable_versions())
def test_every_creatable_version_has_classes(version: EngineVersion) -> None:
    assert "db.t4g.medium" in instance_classes("eu-central-1", version)


def test_io_optimized_storage_needs_a_version_that_has_it(tmp_path: Path) -> None:
    assert _load(tmp_path, 'io_optimized = true\nengine_version = "17"').io_optimized
    problem = _problem(tmp_path, 'io_optimized = true\nminimum_capacity = 1\nengine_version = "14.6"')
    assert "io_optimized needs engine_version 14.7 or newer, not 14.6" in problem


@pytest.mark.parametrize(
    ("windows", "problem"),
    [
        ('backup_window = "2-3"', "must have times from 00:00 to 23:59, in UTC"),
        ('backup_window = "02:00"', 'must be a daily window in UTC, such as "02:00-03:00"'),
        ('backup_window = "02:00-02:20"', "must be at least 30 minutes long"),
        (
            'maintenance_window = "02:00-03:00"',
            'must be a weekly window in UTC, such as "sun:03:30-sun:04:30"',
        ),
        ('maintenance_window = "sun:02:00-sun:02:20"', "must be 30 minutes to 24 hours long"),
        ('maintenance_window = "sun:02:00-tue:02:00"', "must be 30 minutes to 24 hours long"),
        (
            'backup_window = "23:30-00:30"\nmaintenance_window = "mon:00:00-mon:01:00"',
            "maintenance_window mon:00:00-mon:01:00 overlaps backup_window 23:30-00:30",
        ),
        (
            'backup_window = "02:00-03:00"\nmaintenance_window = "sun:22:00-mon:02:30"',
            "overlaps backup_window",
        ),
    ],
)
def test_windows_that_aws_refuses_are_refused(tmp_path: Path, windows: str, problem: str) -> None:
    assert problem in _problem(tmp_path, windows)


def test_windows_that_do_not_overlap_are_accepted(tmp_path: Path) -> None:
    windows = 'backup_window = "02:00-03:00"\nmaintenance_window = "sat:23:30-sun:00:30"'
    assert _load(tmp_path, windows).backup_window == "02:00-03:00"


_SHARED = "arn:aws:rds:{region}:222222222222:cluster-snapshot:terrarium-test-metadata-final"


@pytest.mark.parametrize(
    "snapshot",
    [
        "terrarium-dev-metadata-earlier",
        "rds:terrarium-dev-metadata-2026-11-30-02-10",
        _SHARED.format(region="eu-central-1"),
    ],
)
def test_a_snapshot_is_named_or_shared(tmp_path: Path, snapshot: str) -> None:
    assert _load(tmp_path, f'restore_from_snapshot = "{snapshot}"').restore_from_snapshot == snapshot


@pytest.mark.parametrize(
    ("snapshot", "problem"),
    [
        ("earlier--snapshot", "must be the name of a cluster snapshot, or its ARN"),
        ("arn:aws:rds:eu-central-1:222222222222:snapshot:one", "must be the name of a cluster snapshot"),
        (_SHARED.format(region="eu-west-1"), "aws rds copy-db-cluster-snapshot --region eu-central-1"),
    ],
)
def test_a_snapshot_that_cannot_be_restored_is_refused(tmp_path: Path, snapshot: str, problem: str) -> None:
    assert problem in _problem(tmp_path, f'restore_from_snapshot = "{snapshot}"')
