"""The engine version of an environment is one that RDS creates clusters of."""

from pathlib import Path

import pytest

from environments import InvalidEnvironmentError, load_environment, load_environments
from environments.engine_versions import creatable_versions, newest_of_major

_FILE = """
account = "111111111111"
region = "eu-central-1"
tier = "{tier}"
owner = "ml-platform"
cost_center = "research"
[network]
cidr = "10.10.0.0/16"
[metadata]
engine_version = "{version}"
"""


def _load(folder: Path, version: str, tier: str = "critical") -> str:
    (folder / "dev.toml").write_text(_FILE.format(version=version, tier=tier))
    return str(load_environment("dev", folder).metadata.version)


def _problem(folder: Path, version: str, tier: str = "critical") -> str:
    with pytest.raises(InvalidEnvironmentError) as raised:
        _load(folder, version, tier)
    (problem,) = raised.value.problems
    return problem


def test_every_committed_environment_has_a_creatable_version() -> None:
    assert {config.metadata.version for config in load_environments()} <= set(creatable_versions())


def test_a_new_cluster_gets_the_full_version(tmp_path: Path) -> None:
    assert _load(tmp_path, "16.8") == "16.8"


def test_a_new_cluster_gets_the_newest_version_of_a_major_version(tmp_path: Path) -> None:
    assert _load(tmp_path, "16") == str(newest_of_major(16))


def test_accepts_a_version_newer_than_the_data(tmp_path: Path) -> None:
    newer = f"17.{newest_of_major(17).minor + 1}"
    assert _load(tmp_path, newer) == newer


@pytest.mark.parametrize("withdrawn", ["16.6", "15.4", "16.5"])
def test_refuses_a_version_that_rds_creates_no_clusters_of(tmp_path: Path, withdrawn: str) -> None:
    problem = _problem(tmp_path, withdrawn)
    major = int(withdrawn.partition(".")[0])
    assert problem.startswith(f"metadata.engine_version: given '{withdrawn}', allowed: ")
    assert str(newest_of_major(major)) in problem
    assert f'set "{major}"' in problem, "for clusters that run it"


def test_refuses_a_major_version_without_one_that_can_be_created(tmp_path: Path) -> None:
    assert "creates clusters of: " in _problem(tmp_path, "10")


@pytest.mark.parametrize("given", ["17.7.1", "seventeen", "17.", "latest"])
def test_refuses_text_that_is_not_a_version(tmp_path: Path, given: str) -> None:
    assert "a major version such as 17, or a full version such as 17.7" in _problem(tmp_path, given)


def test_refuses_scaling_to_zero_with_a_version_that_cannot_pause(tmp_path: Path) -> None:
    """Aurora User Guide, "Scaling to Zero ACUs with automatic pause and resume": 14.12 and newer."""
    assert "minimum_capacity 0 needs engine_version 14.12 or newer" in _problem(tmp_path, "14.6", "standard")
