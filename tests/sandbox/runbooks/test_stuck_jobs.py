"""The runbook for jobs that stay in RUNNABLE."""

import sys

import pytest

from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.runbook import Runbook


def _submit(dev: Deployment, name: str, *, vcpus: int) -> str:
    queue = "terrarium-dev-cpu"
    batch = dev.sandbox.client("batch", dev.name)
    definition = batch.describe_job_definitions(jobDefinitionName="terrarium-dev-job", status="ACTIVE")
    job: str = batch.submit_job(
        jobName=name,
        jobQueue=queue,
        jobDefinition=definition["jobDefinitions"][0]["jobDefinitionArn"],
        shareIdentifier="runbook",
        containerOverrides={
            "command": [sys.executable, "-c", "print('done')"],
            "resourceRequirements": [{"type": "VCPU", "value": str(vcpus)}],
        },
    )["jobId"]
    return job


@pytest.mark.slow  # compares the account with the stack, and verifies every path
def test_a_job_in_a_disabled_pool_runs_and_a_hopeless_one_ends(
    dev: Deployment, operator: LocalSandbox, runbook: Runbook
) -> None:
    """Somebody disabled the pool's compute environment and its queue; another job needs more than the pool has."""
    batch = dev.sandbox.client("batch", dev.name)
    hopeless = _submit(dev, "hopeless", vcpus=9_999)
    waiting = _submit(dev, "waiting", vcpus=1)
    environment = next(
        one["computeEnvironmentName"]
        for one in batch.describe_compute_environments()["computeEnvironments"]
        if one["computeEnvironmentName"].startswith("terrarium-dev-cpu-")
    )
    batch.update_compute_environment(computeEnvironment=environment, state="DISABLED")
    stuck = _submit(dev, "stuck", vcpus=1)
    batch.update_job_queue(jobQueue="terrarium-dev-cpu", state="DISABLED")

    values = {"environment": dev.name, "job": stuck, "hopeless-job": hopeless}
    printed = runbook.follow(operator.environment(dev.name), checkout=operator.checkout, values=values)

    assert "DISABLED" in printed
    jobs = batch.describe_jobs(jobs=[stuck, waiting, hopeless])["jobs"]
    assert [job["status"] for job in jobs] == ["SUCCEEDED", "SUCCEEDED", "FAILED"]
