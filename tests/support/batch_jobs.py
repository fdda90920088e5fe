"""Submission of jobs to the sandbox's Batch with boto3, and waiting for them."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import boto3

from terrarium.manifest import PlatformManifest

__all__ = ["BatchJobs", "eventually"]

_PATIENCE = 120.0  # s
_Found = TypeVar("_Found")


def eventually(look: Callable[[], _Found | None]) -> _Found:
    """Call `look` until it returns a true value, and return that."""
    deadline = time.monotonic() + _PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, f"it did not happen within {_PATIENCE} s"
        time.sleep(0.05)
    return found


class BatchJobs:
    """Jobs in the first pool of an environment."""

    def __init__(self, manifest: PlatformManifest) -> None:
        self.manifest = manifest
        self.client = boto3.client("batch")
        self._logs = boto3.client("logs")

    def submit(self, *command: str, **options: Any) -> str:
        """Submit a job that runs a command, with overrides of its container, and return its id."""
        overrides = {"command": list(command), **options.pop("overrides", {})}
        given = {
            "jobName": "test",
            "jobQueue": self.manifest.compute.pools[0].queue_arn,
            "jobDefinition": self.manifest.compute.job_definition_arn,
            "shareIdentifier": "tests",
            "containerOverrides": overrides,
        } | options
        return str(self.client.submit_job(**given)["jobId"])

    def python(self, code: str, **options: Any) -> str:
        """Submit a job that runs a line of Python without the SDK, and return its id."""
        return self.submit("python", "-I", "-S", "-c", code, **options)

    def describe(self, job: str) -> dict[str, Any]:
        (found,) = self.client.describe_jobs(jobs=[job])["jobs"]
        return dict(found)

    def reaches(self, job: str, *statuses: str) -> dict[str, Any]:
        """Wait until the job has one of the statuses, and return the job."""

        def look() -> dict[str, Any] | None:
            found = self.describe(job)
            return found if found["status"] in statuses else None

        return eventually(look)

    def ended(self, job: str) -> dict[str, Any]:
        """Wait for the end of the job, and return the job."""
        return self.reaches(job, "SUCCEEDED", "FAILED")

    def output(self, job: str) -> list[str]:
        """Return the log of an ended job."""
        return self.output_of(self.describe(job)["container"])

    def output_of(self, container: dict[str, Any]) -> list[str]:
        """Return the log of an attempt."""
        events = self._logs.get_log_events(
            logGroupName=self.manifest.compute.log_group,
            logStreamName=container["logStreamName"],
            startFromHead=True,
        )["events"]
        return [event["message"] for event in events]
