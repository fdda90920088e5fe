"""The runbook for a budget alarm."""

import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.runbook import Runbook


@pytest.mark.slow  # deploys, and verifies every path
def test_the_job_that_spends_ends_and_the_pools_work_afterwards(
    dev: Deployment, operator: LocalSandbox, runbook: Runbook
) -> None:
    batch = dev.sandbox.client("batch", dev.name)
    definition = batch.describe_job_definitions(jobDefinitionName="terrarium-dev-job", status="ACTIVE")
    spending = batch.submit_job(
        jobName="spending",
        jobQueue="terrarium-dev-cpu",
        jobDefinition=definition["jobDefinitions"][0]["jobDefinitionArn"],
        shareIdentifier="runbook",
        containerOverrides={"command": [sys.executable, "-c", "import time; time.sleep(3600)"]},
    )["jobId"]

    now = datetime.now(UTC)
    values = {
        "account": "111111111111",
        "environment": dev.name,
        "job": spending,
        "yesterday": (now - timedelta(days=1)).isoformat(timespec="seconds"),
        "now": now.isoformat(timespec="seconds"),
    }
    runbook.follow(operator.environment(dev.name), checkout=operator.checkout, values=values)

    (job,) = batch.describe_jobs(jobs=[spending])["jobs"]
    assert job["status"] == "FAILED"
    assert job["statusReason"].endswith("budget alarm"), "of a job that waited: Cancelled: budget alarm"
    environments = batch.describe_compute_environments()["computeEnvironments"]
    assert {environment["state"] for environment in environments} == {"ENABLED"}
