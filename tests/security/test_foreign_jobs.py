"""Jobs of operators and of other environments cannot be ended."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.role_sessions import Session, as_person, as_service, refused
from tests.support.stack_identities import StackIdentities, identities_of, synthesized_stack

DEFINITION, QUEUE = "terrarium-dev-job", "terrarium-dev-cpu"
CONTAINER = {
    "image": "busybox",
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}],
}
OWN = {"environment": "dev", "run": "abc"}
OTHERS = (
    {"environment": "dev", "operation": "migration"},
    {"environment": "prod"},
    {"environment": "prod", "run": "abc"},
)


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackIdentities]:
    """The roles of dev and a queue without machines, on which jobs wait; IAM decides."""
    stack = synthesized_stack("dev", tmp_path_factory.mktemp("stacks"))
    with identities_of(
        stack, "access/scientist", "access/job", "pipelines/executor", home=tmp_path_factory.mktemp("sandbox")
    ) as dev:
        batch = dev.client("batch")
        batch.register_job_definition(
            jobDefinitionName=DEFINITION,
            type="container",
            containerProperties=CONTAINER,
            schedulingPriority=1,
        )
        batch.create_compute_environment(
            computeEnvironmentName="terrarium-dev-none", type="UNMANAGED", state="DISABLED"
        )
        batch.create_job_queue(
            jobQueueName=QUEUE,
            priority=1,
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "terrarium-dev-none"}],
        )
        dev.sandbox.command("enforce-iam")
        yield dev


@pytest.fixture(params=["scientist", "job"])
def who(dev: StackIdentities, request: pytest.FixtureRequest) -> Session:
    arn = dev.role_arn(f"access/{request.param}")
    if request.param == "scientist":
        return as_person(dev.sandbox, "dev", arn)
    return as_service(dev.sandbox, "dev", arn, "ecs-tasks.amazonaws.com")


def submitted(batch: Any, tags: dict[str, str]) -> dict[str, str]:
    answer: dict[str, str] = batch.submit_job(
        jobName="j", jobQueue=QUEUE, jobDefinition=DEFINITION, tags=tags
    )
    return answer


def test_who_submits_jobs_ends_the_environments_jobs(dev: StackIdentities, who: Session) -> None:
    for submitter in (who.client("batch"), dev.client("batch")):
        job = submitted(submitter, OWN)["jobId"]
        who.client("batch").terminate_job(jobId=job, reason="no longer needed")


@pytest.mark.parametrize("tags", OTHERS, ids=["migration", "others", "others' run"])
def test_others_jobs_are_neither_ended_nor_claimed(
    dev: StackIdentities, who: Session, tags: dict[str, str]
) -> None:
    job, batch = submitted(dev.client("batch"), tags), who.client("batch")
    for end, action in ((batch.terminate_job, "TerminateJob"), (batch.cancel_job, "CancelJob")):
        with refused(f"batch:{action}"):
            end(jobId=job["jobId"], reason="sabotage")
    with refused("batch:TagResource"):
        batch.tag_resource(resourceArn=job["jobArn"], tags=OWN)


def test_a_job_bears_the_tag_of_its_own_environment(who: Session) -> None:
    with refused("batch:TagResource"):
        submitted(who.client("batch"), {"environment": "prod"})


def test_a_pipeline_ends_the_jobs_that_it_submitted(dev: StackIdentities) -> None:
    arn = dev.role_arn("pipelines/executor")
    batch = as_service(dev.sandbox, "dev", arn, "states.amazonaws.com").client("batch")
    job = submitted(batch, {"pipeline": "training"})["jobId"]
    batch.terminate_job(jobId=job, reason="the execution was stopped")
