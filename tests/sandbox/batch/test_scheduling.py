"""Scheduling of jobs: order, retries, dependencies, timeouts, cancellation."""

from collections import Counter
from typing import Any

import boto3
import psutil
import pytest

from terrarium_sandbox.process.running import RunningSandbox
from tests.support.batch_jobs import BatchJobs, eventually

pytest_plugins = ["tests.support.sdk_environment"]

_FOR_EVER = "import time; time.sleep(3600)"
_OBSTINATE = """
import os, signal, subprocess, sys, time
print(os.getpid(), subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)']).pid, flush=True)
time.sleep(3600)
"""


# Attempts


def test_attempts_follow_the_retry_strategy(batch: BatchJobs) -> None:
    job = batch.python(
        "import os; n = os.environ['AWS_BATCH_JOB_ATTEMPT']; print(n); raise SystemExit(n != '3')",
        retryStrategy={"attempts": 3},
    )
    ended = batch.ended(job)
    assert ended["status"] == "SUCCEEDED"
    assert [attempt["container"]["exitCode"] for attempt in ended["attempts"]] == [1, 1, 0]
    said = [batch.output_of(attempt["container"]) for attempt in ended["attempts"]]
    assert said == [["1"], ["2"], ["3"]], "every attempt has a stream of its own"


def test_the_first_rule_that_holds_decides_about_another_attempt(batch: BatchJobs) -> None:
    rules = [{"onExitCode": "4*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]
    strategy = {"attempts": 3, "evaluateOnExit": rules}
    again = batch.python("raise SystemExit(42)", retryStrategy=strategy)
    enough = batch.python("raise SystemExit(5)", retryStrategy=strategy)
    assert len(batch.ended(again)["attempts"]) == 3
    assert len(batch.ended(enough)["attempts"]) == 1


def test_a_job_that_hangs_ends_at_its_timeout_and_is_not_tried_again(
    batch: BatchJobs, running: RunningSandbox
) -> None:
    job = batch.python(_FOR_EVER, timeout={"attemptDurationSeconds": 300}, retryStrategy={"attempts": 2})
    batch.reaches(job, "RUNNING")
    running.ask("PUT", "clock", {"advance_seconds": 150})
    assert batch.describe(job)["status"] == "RUNNING"
    running.ask("PUT", "clock", {"advance_seconds": 150})
    ended = batch.ended(job)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")
    assert ended["container"]["exitCode"] == 128 + 15, "it was asked to stop"
    assert len(ended["attempts"]) == 1


# Ending


def test_terminating_a_job_ends_every_process_it_started(batch: BatchJobs) -> None:
    job = batch.python(_OBSTINATE)
    batch.reaches(job, "RUNNING")
    pids = [int(pid) for pid in eventually(lambda: batch.output(job))[0].split()]
    batch.client.terminate_job(jobId=job, reason="changed my mind")
    ended = batch.ended(job)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "changed my mind")
    assert not any(_runs(pid) for pid in pids)


def test_cancelling_does_not_affect_running_jobs(batch: BatchJobs) -> None:
    runs = batch.python(_FOR_EVER)
    waits = batch.python("", dependsOn=[{"jobId": runs}])
    batch.reaches(runs, "RUNNING")
    for job in (runs, waits):
        batch.client.cancel_job(jobId=job, reason="not needed")
    assert batch.ended(waits)["statusReason"] == "not needed"
    assert batch.describe(runs)["status"] == "RUNNING"
    batch.client.terminate_job(jobId=runs, reason="enough")


# Dependencies


def test_a_job_waits_for_those_it_depends_on(batch: BatchJobs) -> None:
    first = batch.python("import time; time.sleep(1)")
    second = batch.python("", dependsOn=[{"jobId": first}])
    batch.reaches(second, "PENDING")
    assert batch.ended(second)["status"] == "SUCCEEDED"
    assert batch.describe(second)["startedAt"] >= batch.describe(first)["stoppedAt"]


def test_a_job_fails_with_its_dependencies_transitively(batch: BatchJobs) -> None:
    first = batch.python("raise SystemExit(1)")
    second = batch.python("", dependsOn=[{"jobId": first}])
    third = batch.python("", dependsOn=[{"jobId": second}])
    assert batch.ended(third)["statusReason"] == "Dependent Job failed"
    assert "startedAt" not in batch.describe(third)


# Arrays


def test_an_array_runs_once_for_every_index(batch: BatchJobs) -> None:
    job = batch.python(
        "import os; print(os.environ['AWS_BATCH_JOB_ARRAY_INDEX'])", arrayProperties={"size": 6}
    )
    ended = batch.ended(job)
    assert ended["status"] == "SUCCEEDED"
    assert ended["arrayProperties"]["size"] == 6
    assert ended["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 6
    assert [batch.output(f"{job}:{index}") for index in range(6)] == [[str(index)] for index in range(6)]


def test_an_array_fails_when_all_children_have_ended_and_one_has_failed(batch: BatchJobs) -> None:
    job = batch.python(
        "import os; raise SystemExit(os.environ['AWS_BATCH_JOB_ARRAY_INDEX'] == '1')",
        arrayProperties={"size": 3},
    )
    ended = batch.ended(job)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "Array Child Job failed")
    assert Counter({"SUCCEEDED": 2, "FAILED": 1}) == +Counter(ended["arrayProperties"]["statusSummary"])


def test_an_array_may_go_one_by_one_or_index_by_index_after_another(batch: BatchJobs) -> None:
    one_by_one = batch.python("", arrayProperties={"size": 3}, dependsOn=[{"type": "SEQUENTIAL"}])
    pairwise = batch.python(
        "", arrayProperties={"size": 3}, dependsOn=[{"type": "N_TO_N", "jobId": one_by_one}]
    )
    assert batch.ended(pairwise)["status"] == "SUCCEEDED"
    before = [batch.describe(f"{one_by_one}:{index}") for index in range(3)]
    after = [batch.describe(f"{pairwise}:{index}") for index in range(3)]
    assert before[0]["stoppedAt"] <= before[1]["startedAt"]
    assert before[1]["stoppedAt"] <= before[2]["startedAt"]
    assert all(one["stoppedAt"] <= other["startedAt"] for one, other in zip(before, after, strict=True))


def test_terminating_an_array_ends_all_children(batch: BatchJobs) -> None:
    job = batch.python(_FOR_EVER, arrayProperties={"size": 30})
    eventually(lambda: batch.describe(job)["arrayProperties"]["statusSummary"]["RUNNING"])
    batch.client.terminate_job(jobId=job, reason="wrong data")
    ended = batch.ended(job)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "wrong data")
    assert ended["arrayProperties"]["statusSummary"]["FAILED"] == 30


# Places


@pytest.mark.parametrize(
    ("requirement", "why"),
    [
        ({"type": "VCPU", "value": "65"}, "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"),
        ({"type": "MEMORY", "value": str(2**20)}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
        ({"type": "GPU", "value": "1"}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
    ],
)
def test_a_job_larger_than_every_instance_waits_with_a_reason(
    batch: BatchJobs, requirement: dict[str, str], why: str
) -> None:
    job = batch.submit("true", overrides={"resourceRequirements": [requirement]})
    eventually(lambda: why in batch.describe(job).get("statusReason", ""))
    assert batch.describe(job)["status"] == "RUNNABLE"
    batch.client.cancel_job(jobId=job, reason="enough")


def test_a_time_limit_ends_jobs_that_can_never_start(batch: BatchJobs, running: RunningSandbox) -> None:
    why = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
    queue = _queue_like_the_first(
        batch,
        "impatient",
        jobStateTimeLimitActions=[
            {"action": "CANCEL", "state": "RUNNABLE", "reason": why, "maxTimeSeconds": 600}
        ],
    )
    job = batch.submit(
        "true",
        jobQueue=queue,
        overrides={"resourceRequirements": [{"type": "GPU", "value": "1"}]},
    )
    eventually(lambda: batch.describe(job).get("statusReason"))
    running.ask("PUT", "clock", {"advance_seconds": 600})
    assert batch.ended(job)["statusReason"] == f"Canceled by JobStateTimeLimit action due to reason: {why}"


def test_no_more_vcpus_run_at_once_than_the_pool_has(batch: BatchJobs) -> None:
    half = {"resourceRequirements": [{"type": "VCPU", "value": "32"}]}
    first, second, third = (batch.python(_FOR_EVER, overrides=half) for _ in range(3))
    for job in (first, second):
        batch.reaches(job, "RUNNING")
    assert batch.describe(third)["status"] == "RUNNABLE"
    batch.client.terminate_job(jobId=first, reason="make room")
    batch.reaches(third, "RUNNING")
    for job in (second, third):
        batch.client.terminate_job(jobId=job, reason="enough")
        batch.ended(job)


# Lists


def test_jobs_are_listed_by_status_by_name_and_page_by_page(batch: BatchJobs) -> None:
    queue = _queue_like_the_first(batch, "listed")
    jobs = [batch.python("", jobQueue=queue, jobName=name) for name in ("fit-1", "fit-2", "score")]
    for job in jobs:
        batch.ended(job)

    def names(**asked: Any) -> list[str]:
        pages = batch.client.get_paginator("list_jobs").paginate(
            jobQueue=queue, PaginationConfig={"PageSize": 1}, **asked
        )
        return sorted(job["jobName"] for page in pages for job in page["jobSummaryList"])

    assert names() == [], "without a status: what runs"
    assert names(jobStatus="SUCCEEDED") == ["fit-1", "fit-2", "score"]
    assert names(filters=[{"name": "JOB_NAME", "values": ["FIT*"]}]) == ["fit-1", "fit-2"]
    assert names(filters=[{"name": "AFTER_CREATED_AT", "values": ["32503680000000"]}]) == []


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _queue_like_the_first(batch: BatchJobs, name: str, **settings: Any) -> str:
    (first,) = batch.client.describe_job_queues(jobQueues=[batch.manifest.compute.pools[0].queue_arn])[
        "jobQueues"
    ]
    copied = ("computeEnvironmentOrder", "priority", "schedulingPolicyArn", "state")
    created = boto3.client("batch").create_job_queue(
        jobQueueName=name, **{key: first[key] for key in copied}, **settings
    )
    return str(created["jobQueueArn"])
