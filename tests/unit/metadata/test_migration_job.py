"""The migration runs as a job where a laptop cannot reach the database; it is followed to its end."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests

from terrarium.aws import Session
from terrarium.errors import Error
from terrarium.manifest import PlatformManifest
from terrarium.metadata.migration_job import run_migration_job
from tests.unit.example_manifest import example_manifest
from tests.unit.moto_process import moto_process


@pytest.fixture
def manifest(aws: str) -> PlatformManifest:
    """An environment whose queue and migration job exist; moto runs no container, so that jobs succeed at once."""
    return deployed_batch(aws)


@pytest.fixture
def manifest_of_failing_jobs(
    credentials: None,  # noqa: ARG001 - somebody
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[PlatformManifest]:
    """The same, in an account where each job fails; moto reads this from its own process environment."""
    monkeypatch.setenv("MOTO_SIMPLE_BATCH_FAIL_AFTER", "0")
    with moto_process() as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        yield deployed_batch(endpoint)


def deployed_batch(endpoint: str) -> PlatformManifest:
    requests.post(
        f"{endpoint}/moto-api/config", json={"batch": {"use_docker": False}}, timeout=10
    ).raise_for_status()
    queue, definition = batch_of_one_queue()
    document = example_manifest().model_dump()
    document["compute"]["pools"][0]["queue_arn"] = queue
    document["compute"]["migration_job_definition_arn"] = definition
    return PlatformManifest.model_validate(document)


def batch_of_one_queue() -> tuple[str, str]:
    role = boto3.client("iam").create_role(RoleName="batch", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    batch: Any = boto3.client("batch")
    environment = batch.create_compute_environment(
        computeEnvironmentName="cpu", type="UNMANAGED", state="ENABLED", serviceRole=role
    )
    queue = batch.create_job_queue(
        jobQueueName="cpu",
        state="ENABLED",
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}],
    )
    definition = batch.register_job_definition(
        jobDefinitionName="migration",
        type="container",
        containerProperties={"image": "base", "vcpus": 1, "memory": 512, "command": ["true"]},
    )
    return queue["jobQueueArn"], definition["jobDefinitionArn"]


def test_it_is_submitted_to_a_pool_without_accelerators_and_followed(manifest: PlatformManifest) -> None:
    said: list[str] = []
    run_migration_job(manifest, session=Session(), say=said.append, look_every=0.1)
    assert said[-1].endswith("is SUCCEEDED")
    (job,) = boto3.client("batch").list_jobs(
        jobQueue=manifest.compute.pools[0].queue_arn, jobStatus="SUCCEEDED"
    )["jobSummaryList"]
    assert job["jobName"] == "migrate"


def test_it_runs_on_machines_with_gpus_where_there_are_no_others(manifest: PlatformManifest) -> None:
    (pool, *_) = manifest.compute.pools
    gpu_only = manifest.compute.model_copy(
        update={"pools": (pool.model_copy(update={"accelerator": "gpu"}),)}
    )
    said: list[str] = []
    run_migration_job(
        manifest.model_copy(update={"compute": gpu_only}),
        session=Session(),
        say=said.append,
        look_every=0.1,
    )
    assert said[-1].endswith("is SUCCEEDED")


def test_a_failed_job_is_reported_with_batchs_reason_and_where_its_log_is(
    manifest_of_failing_jobs: PlatformManifest,
) -> None:
    with pytest.raises(Error, match=r"the migration of 'dev' failed: .*\n.*group /terrarium/dev/jobs"):
        run_migration_job(manifest_of_failing_jobs, session=Session(), say=lambda _: None, look_every=0.1)
