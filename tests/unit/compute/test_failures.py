"""Explanations of failed jobs, with remedies."""

import pytest

from terrarium.compute.failures import explain_failure


@pytest.mark.parametrize(
    ("reason", "container_reason", "exit_code", "problem", "remedy"),
    [
        ("Host EC2 (instance i-1) terminated.", None, None, "its instance ended", "retries"),
        (
            "Essential container in task exited",
            "OutOfMemoryError: Container killed due to memory usage",
            137,
            "more memory",
            "memory=",
        ),
        ("Job attempt duration exceeded timeout", None, 143, "deadline", "deadline="),
        ("Task failed to start", "CannotPullContainerError: not found", None, "image", "tag"),
        ("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - …", None, None, "never placed", "request less"),
        (
            "Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
            None,
            None,
            "never placed",
            "request less",
        ),
        ("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - …", None, None, "never placed", "try again later"),
        ("Container Overrides length must be at most 8192", None, None, "longer than ECS", "folder"),
        ("Dependent Job failed", None, None, "depends on", "that failure"),
        ("Cancelled: wrong branch", None, 143, "wrong branch", "submit it again"),
        ("Essential container in task exited", None, 3, "code 3", "log"),
        ("Essential container in task exited", None, 139, "SIGSEGV", "log"),
        ("Something new", None, None, "Something new", "log"),
        (None, None, None, "no reason", "log"),
    ],
)
def test_explains_reasons_of_batch_with_a_remedy(
    reason: str | None, container_reason: str | None, exit_code: int | None, problem: str, remedy: str
) -> None:
    failure = explain_failure(reason=reason, container_reason=container_reason, exit_code=exit_code)
    assert problem in failure.problem
    assert remedy in failure.remedy
