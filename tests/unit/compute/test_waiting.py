"""Reasons why a job has not started, from descriptions of the job, its queue and its compute environments."""

from typing import Any

import pytest

from terrarium.compute.waiting import explain_waiting

_QUEUE = {"jobQueueName": "cpu"}
_JOB = {"jobQueue": "arn:aws:batch:eu-central-1:1:job-queue/cpu"}
_VALID = {
    "computeEnvironmentName": "one",
    "state": "ENABLED",
    "status": "VALID",
    "computeResources": {"maxvCpus": 64},
}


@pytest.mark.parametrize(
    ("job", "queue", "environments", "problem", "hopeless"),
    [
        ({"status": "RUNNING"}, _QUEUE, [_VALID], None, False),
        ({"status": "STARTING"}, _QUEUE, [_VALID], "pulls the image", False),
        ({"status": "PENDING", "dependsOn": [{"jobId": "a-1"}]}, _QUEUE, [_VALID], "a-1", False),
        (
            {"status": "PENDING", "arrayProperties": {"statusSummary": {"RUNNABLE": 2, "RUNNING": 1}}},
            _QUEUE,
            [_VALID],
            "2 RUNNABLE, 1 RUNNING",
            False,
        ),
        ({"status": "RUNNABLE"}, _QUEUE, [_VALID], "it runs 64 vCPUs at most", False),
        ({"status": "RUNNABLE"}, None, [], "queue cpu does not exist", True),
        ({"status": "RUNNABLE"}, _QUEUE, [], "there is none", True),
        ({"status": "RUNNABLE"}, _QUEUE, [{**_VALID, "state": "DISABLED"}], "one is DISABLED", True),
        ({"status": "RUNNABLE"}, _QUEUE, [{**_VALID, "status": "DELETING"}], "one is DELETING", True),
        (
            {"status": "RUNNABLE"},
            _QUEUE,
            [{**_VALID, "status": "INVALID", "statusReason": "CLIENT_ERROR - no such role"}],
            "one is INVALID: CLIENT_ERROR - no such role",
            True,
        ),
        ({"status": "RUNNABLE"}, _QUEUE, [{**_VALID, "status": "INVALID"}, _VALID], "64 vCPUs", False),
    ],
    ids=lambda value: value.get("status") if isinstance(value, dict) else None,
)
def test_explains_why_a_job_waits(
    job: dict[str, Any],
    queue: dict[str, Any] | None,
    environments: list[dict[str, Any]],
    problem: str | None,
    hopeless: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    why = explain_waiting({**_JOB, **job}, queue=queue, environments=environments)
    if problem is None:
        assert why is None
        return
    assert why is not None
    assert problem in why.problem
    assert why.hopeless is hopeless
    assert not hopeless or why.remedy


@pytest.mark.parametrize(
    ("reason", "hopeless"),
    [
        ("ACTION_REQUIRED - CE(s) associated with the job queue are invalid.", True),
        ("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - Batch service role has a permission issue.", True),
        ("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested", False),
        ("UNDETERMINED - Batch job is blocked, root cause is undetermined.", False),
    ],
    ids=lambda value: value.split(" ")[0] if isinstance(value, str) else None,
)
def test_explains_the_reason_of_batch(
    reason: str,
    hopeless: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    why = explain_waiting(
        {**_JOB, "status": "RUNNABLE", "statusReason": reason}, queue=_QUEUE, environments=[_VALID]
    )
    assert why is not None
    assert reason in why.problem
    assert why.remedy
    assert why.hopeless is hopeless
