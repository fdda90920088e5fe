"""The upgrade of an environment with data: the previous release deployed and used, and this release deployed over it.

`dev` of the previous release's own `environments/` is deployed by its stacks, and used by its SDK. Jobs run in the
Python of the sandbox, which has the SDK of this release.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import terrarium
from tests.support.deployed_pipeline import commit
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.previous_release import PREVIOUS_VERSION, PreviousRelease, extract_previous_release
from tests.support.trained_run import commit_project

pytestmark = pytest.mark.slow

_CHECKOUT = Path(__file__).parents[3]
_WORK = Path(__file__).with_name("work.py")
_NAME = "live"
_READ = ("read-metadata", "read-data", "read-pipelines")
_WRITE = ("write-metadata", "write-data")
# What holds data, and must be the same resource afterwards.
_STATEFUL = {
    "aws_dynamodb_table",
    "aws_ecr_repository",
    "aws_glue_catalog_database",
    "aws_kms_key",
    "aws_rds_cluster",
    "aws_s3_bucket",
    "aws_sagemaker_notebook_instance",
}


@dataclass(frozen=True)
class Platform:
    """Environment `dev` of one release, and a project with the SDK of that release."""

    deployment: Deployment
    project: Path

    def deploy(self) -> None:
        """Do what the workflow of a deployment does."""
        self.deployment.deploy()
        self.deployment.terrarium("images", "push", "dev")
        self.deployment.terrarium("migrate", "dev")
        self.deployment.terrarium("pipelines", "publish", "--all", "--environment", "dev")

    def work(self, *commands: str) -> list[dict[str, Any]]:
        """Run commands of `work.py`, and return what they printed."""
        done = subprocess.run(
            [self.deployment.programs / "python", _WORK, "dev", _NAME, *commands],
            cwd=self.project,
            env=self.deployment.shell,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def stateful(self) -> dict[str, Any]:
        """Return what identifies each resource with data, by its address."""
        return {
            address: (values.get("arn") or values["id"], values.get("cluster_resource_id"))
            for address, values in self.deployment.state().items()
            if address.partition(".")[0] in _STATEFUL
        }


def statuses(pipelines: dict[str, Any]) -> list[str]:
    """Return the statuses of all executions."""
    return [status for executions in pipelines.values() for _, status in executions]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> PreviousRelease:
    """The checkout of an operator of the previous release, after `make setup`."""
    previous = extract_previous_release(tmp_path_factory.mktemp("previous"))
    previous.install_checkout()
    (previous.checkout / "node_modules").symlink_to(_CHECKOUT / "node_modules")
    commit(previous.checkout)  # only what is committed is published
    return previous


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a sandbox that runs."""
    sandbox = LocalSandbox(tmp_path_factory.mktemp("upgrade"), _CHECKOUT)
    sandbox.command("up", "--port", "0")
    yield sandbox.home
    sandbox.command("down")
    sandbox.command("reset", "--yes")


@pytest.fixture(scope="module")
def previous(release: PreviousRelease, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The previous release, deployed and used."""
    sandbox = LocalSandbox(home, release.checkout)
    outdir = tmp_path_factory.mktemp("previous.out")
    deployment = Deployment(sandbox, "dev", outdir, programs=release.programs)
    platform = Platform(deployment, commit_project(tmp_path_factory.mktemp("project")))
    deployment.terrarium("bootstrap", "dev")
    platform.deploy()
    platform.work(*_WRITE, "run-pipeline")
    return platform


@pytest.fixture(scope="module")
def current(previous: Platform, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """This release, not deployed yet."""
    deployment = Deployment(LocalSandbox(home, _CHECKOUT), "dev", tmp_path_factory.mktemp("current.out"))
    return Platform(deployment, previous.project)


@pytest.fixture(scope="module")
def before(previous: Platform) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return what the previous SDK reads before the upgrade, and the resources with data."""
    return previous.work(*_READ), previous.stateful()


@pytest.fixture(scope="module")
def upgraded(current: Platform, before: object) -> Platform:  # noqa: ARG001 - first
    """The previous release, with this one deployed over it."""
    planned = current.deployment.terrarium("plan", "dev")
    assert "LOSES DATA" not in planned.stdout
    current.deploy()
    return current


def test_the_previous_platform_has_runs_models_data_and_an_execution(
    before: tuple[list[dict[str, Any]], dict[str, Any]],
) -> None:
    (metadata, data, pipelines), stateful = before
    assert [release for _, _, release, _, _ in metadata["runs"]] == [PREVIOUS_VERSION]
    assert data["artifact"] == PREVIOUS_VERSION
    assert statuses(pipelines) == ["SUCCEEDED"]
    assert {address.partition(".")[0] for address in stateful} >= _STATEFUL - {
        "aws_sagemaker_notebook_instance"
    }


def test_this_sdk_reads_the_previous_platform(
    current: Platform, before: tuple[list[dict[str, Any]], dict[str, Any]]
) -> None:
    assert current.work(*_READ) == before[0]


def test_everything_is_still_there_and_no_resource_with_data_was_replaced(
    upgraded: Platform, before: tuple[list[dict[str, Any]], dict[str, Any]]
) -> None:
    assert upgraded.work(*_READ) == before[0]
    after = upgraded.stateful()
    assert {address: after.get(address) for address in before[1]} == before[1]


def test_the_next_plan_is_empty(upgraded: Platform) -> None:
    plan = upgraded.deployment.terraform(
        "plan", "-detailed-exitcode", "-input=false", "-no-color", check=False
    )
    assert plan.returncode == 0, plan.stdout


def test_both_sdks_read_and_write(upgraded: Platform, previous: Platform) -> None:
    read = previous.work(*_WRITE, *_READ)
    assert upgraded.work(*_READ) == read
    read = upgraded.work(*_WRITE, "run-pipeline", *_READ)
    assert previous.work("run-pipeline", *_READ)[:2] == read[:2]
    metadata, data, pipelines = upgraded.work(*_READ)
    releases = [release for _, _, release, _, _ in metadata["runs"]]
    assert releases == [PREVIOUS_VERSION, PREVIOUS_VERSION, terrarium.__version__]
    assert [number for number, _, _ in metadata["models"]] == [1, 2, 3]
    assert data["rows"] == 6
    assert statuses(pipelines) == ["SUCCEEDED"] * 3


def test_verify_passes_after_the_upgrade(upgraded: Platform) -> None:
    upgraded.deployment.terrarium("verify", "dev")
