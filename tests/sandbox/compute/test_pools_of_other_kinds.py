"""`lab.compute` with a pool on Fargate and one on arm64, created as the stack creates them.

Jobs of both run as local processes of the sandbox: their architecture is that of this machine.
"""

from typing import Any

import boto3
import pytest

import terrarium
from terrarium import Resources
from terrarium.compute.errors import PlacementError
from terrarium.compute.service import Compute
from terrarium.connection import Connection
from terrarium.manifest import ComputePool, PlatformManifest, PoolJobDefinition

pytest_plugins = ["tests.support.sdk_environment"]


@pytest.fixture(scope="module")
def pools(provisioned: PlatformManifest, administrator: Any) -> tuple[ComputePool, ...]:
    """A pool on Fargate and a pool on arm64, with job definitions of their own."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        administrator.enter(monkeypatch)
        batch = boto3.client("batch")
        (cpu,) = (pool for pool in provisioned.compute.pools if pool.name == "cpu")
        (queue,) = batch.describe_job_queues(jobQueues=[cpu.queue_arn])["jobQueues"]
        (environment,) = batch.describe_compute_environments(
            computeEnvironments=[queue["computeEnvironmentOrder"][0]["computeEnvironment"]]
        )["computeEnvironments"]
        on_ec2 = environment["computeResources"]
        (base,) = batch.describe_job_definitions(jobDefinitions=[provisioned.compute.job_definition_arn])[
            "jobDefinitions"
        ]
        container = base["containerProperties"]

        def pool(
            name: str, resources: dict[str, Any], container: dict[str, Any], **given: Any
        ) -> ComputePool:
            created = batch.create_compute_environment(
                computeEnvironmentName=name, type="MANAGED", state="ENABLED", computeResources=resources
            )
            made = batch.create_job_queue(
                jobQueueName=name,
                priority=1,
                schedulingPolicyArn=queue["schedulingPolicyArn"],
                computeEnvironmentOrder=[
                    {"order": 1, "computeEnvironment": created["computeEnvironmentArn"]}
                ],
            )
            fargate = resources["type"].startswith("FARGATE")
            definition = batch.register_job_definition(
                jobDefinitionName=f"job-on-{name}_base",
                type="container",
                schedulingPriority=1,
                platformCapabilities=["FARGATE" if fargate else "EC2"],
                containerProperties=container,
            )
            return cpu.model_copy(
                update={
                    "name": name,
                    "queue_arn": made["jobQueueArn"],
                    "job_definitions": (
                        PoolJobDefinition(image="base", job_definition_arn=definition["jobDefinitionArn"]),
                    ),
                    **given,
                }
            )

        network = {name: on_ec2[name] for name in ("subnets", "securityGroupIds")}
        return (
            pool(
                "tasks",
                {"type": "FARGATE", "maxvCpus": 16, **network},
                {
                    **container,
                    "networkConfiguration": {"assignPublicIp": "ENABLED"},
                    "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"},
                },
                launch_type="fargate",
                instance_types=(),
                maximum_vcpus=16,
            ),
            pool(
                "arm",
                {**on_ec2, "instanceTypes": ["m8g"]},
                container,
                architecture="arm64",
                instance_types=("m8g",),
            ),
        )


@pytest.fixture
def compute(lab: terrarium.Lab, pools: tuple[ComputePool, ...]) -> Compute:
    manifest = lab.manifest
    changed = manifest.model_copy(
        update={"compute": manifest.compute.model_copy(update={"pools": (*manifest.compute.pools, *pools)})}
    )
    connection = Connection(changed, lab.compute._session)
    return Compute(connection, artifacts=lab.artifacts)


def test_a_job_on_fargate_gets_the_smallest_size_that_has_what_it_requests(compute: Compute) -> None:
    job = compute.submit(
        ["python", "-c", "import os; print(os.environ['AWS_EXECUTION_ENV'])"],
        code=None,
        pool="tasks",
        resources=Resources(vcpus=3, memory=9000),
    )
    job.result()
    assert list(job.logs()) == ["AWS_ECS_FARGATE"]
    (described,) = compute._batch.describe_jobs(jobs=[job.id])["jobs"]
    required = {one["type"]: one["value"] for one in described["container"]["resourceRequirements"]}
    assert required == {"VCPU": "4", "MEMORY": "9216"}
    assert described["platformCapabilities"] == ["FARGATE"]


def test_an_array_runs_on_fargate(compute: Compute) -> None:
    job = compute.submit(["python", "-c", "pass"], code=None, pool="tasks", array=2)
    assert [state.status for state in job.results()] == ["SUCCEEDED"] * 2


def test_a_job_in_a_pool_on_arm64_runs_as_a_process_of_this_machine(compute: Compute) -> None:
    job = compute.submit(["python", "-c", "print('ran')"], code=None, pool="arm")
    job.result()
    assert list(job.logs()) == ["ran"]


def test_an_image_for_x86_is_refused_in_a_pool_on_arm64_before_it_is_submitted(compute: Compute) -> None:
    with pytest.raises(PlacementError, match="image 'pytorch' for arm64") as caught:
        compute.submit(["true"], code=None, pool="arm", image="pytorch")
    assert "submit it to pool 'cpu'" in caught.value.remedy
