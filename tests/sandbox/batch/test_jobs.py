"""Jobs of Batch: environment, logs, exit."""

import json
import os
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.batch_jobs import BatchJobs, eventually

pytest_plugins = ["tests.support.sdk_environment"]


def test_a_job_runs_and_has_an_exit_code(batch: BatchJobs) -> None:
    job = batch.ended(batch.python("print('hello'); print('', flush=True); print('world')"))
    assert job["status"] == "SUCCEEDED"
    assert job["container"]["exitCode"] == 0
    assert job["statusReason"] == "Essential container in task exited"
    assert job["createdAt"] <= job["startedAt"] <= job["stoppedAt"]
    assert job["container"]["logStreamName"].startswith("job/default/")
    assert batch.output(job["jobId"]) == ["hello", "world"], "an empty line is no event"


def test_logs_both_output_streams_while_a_job_runs(batch: BatchJobs) -> None:
    job = batch.python("import sys, time; print('begun', file=sys.stderr, flush=True); time.sleep(600)")
    batch.reaches(job, "RUNNING")
    eventually(lambda: batch.output(job) == ["begun"])
    batch.client.terminate_job(jobId=job, reason="seen enough")


def test_a_job_that_fails_has_its_exit_code(batch: BatchJobs) -> None:
    job = batch.ended(batch.python("raise SystemExit(3)"))
    assert (job["status"], job["container"]["exitCode"]) == ("FAILED", 3)
    (attempt,) = job["attempts"]
    assert attempt["container"]["exitCode"] == 3
    assert attempt["statusReason"] == "Essential container in task exited"


def test_a_process_that_a_signal_ended_has_the_code_that_docker_gives_it(batch: BatchJobs) -> None:
    job = batch.ended(batch.python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    assert job["container"]["exitCode"] == 128 + 9


def test_the_environment_is_a_containers_and_not_the_sandboxs(batch: BatchJobs) -> None:
    job = batch.python(
        "import json, os; print(json.dumps(dict(os.environ)))",
        overrides={"environment": [{"name": "COLOUR", "value": "green"}]},
    )
    batch.ended(job)
    (line,) = batch.output(job)
    variables = json.loads(line)
    assert variables["COLOUR"] == "green"
    assert variables["TERRARIUM_ENVIRONMENT"] == batch.manifest.environment, "as the definition says"
    assert variables["AWS_BATCH_JOB_ID"] == job
    assert variables["AWS_EXECUTION_ENV"] == "AWS_ECS_EC2"
    assert variables["AWS_REGION"] == batch.manifest.region
    assert variables["AWS_BATCH_JOB_ATTEMPT"] == "1"
    assert variables["AWS_BATCH_JQ_NAME"] == batch.manifest.compute.pools[0].queue_arn.rpartition("/")[2]
    assert variables["AWS_ENDPOINT_URL"] == os.environ["AWS_ENDPOINT_URL"]
    assert not any(name.startswith(("MOTO_", "PYTEST", "XDG_")) for name in variables)
    assert variables["HOME"] != os.environ.get("HOME")


def test_the_process_is_the_role_of_its_job(batch: BatchJobs) -> None:
    job = batch.submit(
        "python", "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    )
    batch.ended(job)
    role = f"terrarium-{batch.manifest.environment}-job"
    assert f":assumed-role/{role}/" in batch.output(job)[-1]


def test_a_command_is_completed_by_parameters(batch: BatchJobs) -> None:
    job = batch.submit("echo", "Ref::greeting,", "Ref::unknown", parameters={"greeting": "good day"})
    batch.ended(job)
    assert batch.output(job) == ["good day, Ref::unknown"]


def test_a_job_whose_overrides_ecs_does_not_take_fails(batch: BatchJobs) -> None:
    """Batch takes them: its own limit is higher."""
    variables = [{"name": "LIST", "value": "x" * 8192}]
    ended = batch.ended(batch.python("print(1)", overrides={"environment": variables}))
    assert ended["status"] == "FAILED"
    assert ended["statusReason"] == "Container Overrides length must be at most 8192"


def test_secrets_are_in_the_environment(batch: BatchJobs) -> None:
    secret = boto3.client("secretsmanager").create_secret(
        Name="batch/login", SecretString=json.dumps({"user": "ada", "password": "lovelace"})
    )["ARN"]
    boto3.client("ssm").put_parameter(Name="/batch/token", Type="SecureString", Value="t0ken")
    definition = _definition_like(
        batch,
        "with-secrets",
        secrets=[
            {"name": "PASSWORD", "valueFrom": f"{secret}:password::"},
            {"name": "TOKEN", "valueFrom": "/batch/token"},
        ],
    )
    job = batch.python(
        "import os; print(os.environ['PASSWORD'], os.environ['TOKEN'])", jobDefinition=definition
    )
    batch.ended(job)
    assert batch.output(job) == ["lovelace t0ken"]


def test_without_its_secret_a_job_does_not_start(batch: BatchJobs) -> None:
    secrets = [{"name": "TOKEN", "valueFrom": "/batch/nowhere"}]
    definition = _definition_like(batch, "without-secret", secrets=secrets)
    job = batch.ended(batch.submit("true", jobDefinition=definition))
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    assert "unable to pull secrets" in job["container"]["reason"]


@pytest.mark.parametrize(
    "image",
    [
        "ubuntu:24.04",
        "{registry}/terrarium-nowhere-training:base-0123456789abcdef",
        "{repository}:base-never-pushed",
    ],
)
def test_an_image_that_is_not_there_is_refused_as_docker_does(batch: BatchJobs, image: str) -> None:
    repository = batch.manifest.compute.images_url
    image = image.format(registry=repository.partition("/")[0], repository=repository)
    definition = _definition_like(batch, "imageless", image=image)
    job = batch.ended(batch.submit("true", jobDefinition=definition))
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    assert job["container"]["reason"].startswith("CannotPullContainerError")
    assert "exitCode" not in job["container"]


def test_a_command_that_is_not_there_does_not_start(batch: BatchJobs) -> None:
    job = batch.ended(batch.submit("no-such-program"))
    assert job["container"]["reason"].startswith("CannotStartContainerError")


def test_a_log_group_that_is_not_there_keeps_a_job_from_starting(batch: BatchJobs) -> None:
    options = {"awslogs-group": "/nowhere", "awslogs-region": batch.manifest.region}
    definition = _definition_like(
        batch, "logless", logConfiguration={"logDriver": "awslogs", "options": options}
    )
    job = batch.ended(batch.submit("true", jobDefinition=definition))
    assert "The specified log group does not exist" in job["container"]["reason"]


def test_a_job_that_takes_more_memory_than_it_has_is_killed(batch: BatchJobs) -> None:
    job = batch.ended(
        batch.python(
            "import time; hoard = b'x' * 100 * 2**20; time.sleep(600)",
            overrides={"resourceRequirements": [{"type": "MEMORY", "value": "50"}]},
        )
    )
    assert job["container"]["exitCode"] == 137
    assert job["container"]["reason"] == "OutOfMemoryError: Container killed due to memory usage"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"jobName": "no spaces"}, "Job name"),
        ({"jobDefinition": "nowhere"}, "does not exist or is not active"),
        ({"jobQueue": "nowhere"}, "does not exist or is not enabled"),
        ({"arrayProperties": {"size": 1}}, "array size"),
        ({"retryStrategy": {"attempts": 11}}, "between 1 and 10"),
        ({"dependsOn": [{"jobId": "nobody"}]}, "does not exist"),
        ({"timeout": {"attemptDurationSeconds": 59}}, "at least 60 seconds"),
    ],
)
def test_refuses_invalid_jobs(batch: BatchJobs, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ClientError, match=why):
        batch.submit("true", **wrong)


def test_a_queue_that_is_shared_fairly_asks_for_whom(batch: BatchJobs) -> None:
    pool = batch.manifest.compute.pools[0]
    with pytest.raises(ClientError, match="shareIdentifier must be specified"):
        batch.client.submit_job(
            jobName="j", jobQueue=pool.queue_arn, jobDefinition=batch.manifest.compute.job_definition_arn
        )


def _definition_like(batch: BatchJobs, name: str, **properties: Any) -> str:
    """Another definition, which differs from the environment's in some properties."""
    (environments,) = batch.client.describe_job_definitions(
        jobDefinitions=[batch.manifest.compute.job_definition_arn]
    )["jobDefinitions"]
    container = {**environments["containerProperties"], **properties}
    registered = batch.client.register_job_definition(
        jobDefinitionName=name, type="container", containerProperties=container, schedulingPriority=0
    )
    return str(registered["jobDefinitionArn"])


def test_a_container_does_not_start_without_its_neuron_device(batch: BatchJobs) -> None:
    """Instances of the pool have none; the definition names one, as for Trainium."""
    (base,) = batch.client.describe_job_definitions(
        jobDefinitions=[batch.manifest.compute.job_definition_arn]
    )["jobDefinitions"]
    definition = batch.client.register_job_definition(
        jobDefinitionName="devices",
        type="container",
        schedulingPriority=1,
        containerProperties={
            **base["containerProperties"],
            "linuxParameters": {"devices": [{"hostPath": "/dev/neuron0"}]},
        },
    )["jobDefinitionArn"]
    job = batch.ended(batch.submit("true", jobDefinition=definition))
    assert job["status"] == "FAILED"
    assert 'custom device "/dev/neuron0": no such file' in job["container"]["reason"]
