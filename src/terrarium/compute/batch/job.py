"""Jobs in AWS Batch."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from terrarium.arguments import checked_methods
from terrarium.aws import Session, translate_errors
from terrarium.compute.batch._log import read_log
from terrarium.compute.errors import JobNotFoundError
from terrarium.compute.failures import Failure, explain_failure
from terrarium.compute.job import Job, sleeping_longer
from terrarium.compute.state import JobState
from terrarium.compute.waiting import Waiting, explain_waiting
from terrarium.compute.waiting_reports import WaitingReports
from terrarium.epoch import from_epoch_ms

__all__ = ["CANCELLED", "BatchJob", "state_of"]

_AT_ONCE = 100  # jobs that one call describes
CANCELLED = "Cancelled: "
_BEYOND_RUNNABLE = ("STARTING", "RUNNING", "SUCCEEDED", "FAILED")


@checked_methods
class BatchJob(Job):
    """A job, or a job of an array, in AWS Batch.

    Args:
        job_id: Id of the job in Batch.
        session: The session for calls to AWS.
        log_group: The log group of the jobs.
        size: Number of jobs of the array, if it is known.
    """

    def __init__(self, job_id: str, *, session: Session, log_group: str, size: int | None = None) -> None:
        self._id = job_id
        self._session = session
        self._log_group = log_group
        if size is not None:
            self._size = size

    @property
    def id(self) -> str:
        """Batch's id."""
        return self._id

    @cached_property
    def _size(self) -> int:
        return int(self._describe().get("arrayProperties", {}).get("size", 0))

    @property
    def children(self) -> Sequence["BatchJob"]:
        """The jobs of an array, by index."""
        return [
            BatchJob(f"{self._id}:{index}", session=self._session, log_group=self._log_group, size=0)
            for index in range(self._size)
        ]

    def state(self) -> JobState:
        """Return the current state."""
        return state_of(self._describe())

    def waiting(self) -> Waiting | None:
        """Return why the job, or the first job of the array, has not started: the reason of Batch or of the queue."""
        job = self._describe()
        statuses = job.get("arrayProperties", {}).get("statusSummary") or {}
        if statuses.get("RUNNABLE") and not any(statuses.get(status) for status in _BEYOND_RUNNABLE):
            first = next((child for child in self.child_states() if child.status == "RUNNABLE"), None)
            if first is not None:
                return BatchJob(first.id, session=self._session, log_group=self._log_group, size=0).waiting()
        queue, environments = self._queue(job["jobQueue"]) if job["status"] == "RUNNABLE" else (None, [])
        return explain_waiting(job, queue=queue, environments=environments)

    def _queue(self, arn: str) -> tuple[Mapping[str, Any] | None, Sequence[Mapping[str, Any]]]:
        """Return a queue, if it exists, and its compute environments."""
        with translate_errors(f"describe the queue of job {self._id}"):
            found = self._batch.describe_job_queues(jobQueues=[arn])["jobQueues"]
            names = [
                order["computeEnvironment"] for queue in found for order in queue["computeEnvironmentOrder"]
            ]
            if not names:  # an empty list of names means all of the account
                return (found[0] if found else None), []
            described = self._batch.describe_compute_environments(computeEnvironments=names)
        return found[0], described["computeEnvironments"]

    def results(self, *, seconds: float | None = None, progress: bool = True) -> tuple[JobState, ...]:
        """Wait until the job has ended; return the states of its jobs. One call describes 100 jobs."""
        state = self.wait(seconds=seconds, progress=progress)
        return self.child_states() or (state,)

    def child_states(self) -> tuple[JobState, ...]:
        """Return the state of each job of the array, by index; empty for other jobs."""
        ids = [child.id for child in self.children]
        found: list[JobState] = []
        with translate_errors(f"describe the jobs of {self._id}"):
            for start in range(0, len(ids), _AT_ONCE):
                described = self._batch.describe_jobs(jobs=ids[start : start + _AT_ONCE])["jobs"]
                found.extend(map(state_of, described))
        return tuple(sorted(found, key=lambda child: child.index or 0))

    def cancel(self, reason: str = "by request") -> None:
        """Stop the job with TerminateJob, which also cancels jobs that have not started."""
        with translate_errors(f"cancel job {self._id}"):
            self._batch.terminate_job(jobId=self._id, reason=f"{CANCELLED}{reason}")

    def _lines(self, *, follow: bool) -> Iterator[str]:
        for index, child in enumerate(self.children):
            for line in child.logs(follow=follow):
                yield f"[{index}] {line}"
        if not self._size:
            yield from self._own_lines(follow=follow)

    def _own_lines(self, *, follow: bool) -> Iterator[str]:
        """Yield the lines of the log streams of its attempts, one stream after the other."""
        logs = self._session.client("logs")
        tokens: dict[str, str | None] = {}
        reports = WaitingReports(self.waiting, shown=follow, until_started=True)
        for _ in sleeping_longer():
            description = self._describe()  # before reading, so that the last lines of an ended job are read
            state = state_of(description)
            reports.see(state)
            for stream in _streams(self._with_nodes(description)):
                with translate_errors(f"read the log of job {self._id}"):
                    lines, tokens[stream] = read_log(
                        logs, group=self._log_group, stream=stream, token=tokens.get(stream)
                    )
                yield from lines
            if state.finished or not follow:
                return

    def _with_nodes(self, description: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        nodes = int(description.get("nodeProperties", {}).get("numNodes", 0))
        if not nodes:
            return [description]
        ids = [f"{self._id}#{node}" for node in range(nodes)]
        described = self._batch.describe_jobs(jobs=ids)["jobs"]
        return [description, *sorted(described, key=lambda node: node["nodeDetails"]["nodeIndex"])]

    def _describe(self) -> dict[str, Any]:
        with translate_errors(f"describe job {self._id}"):
            found = self._batch.describe_jobs(jobs=[self._id])["jobs"]
        if not found:
            raise JobNotFoundError(
                f"there is no job {self._id}",
                remedy="Batch keeps jobs for a week after their end; `terrarium jobs list` lists them",
            )
        return dict(found[0])

    @property
    def _batch(self) -> Any:
        return self._session.client("batch")


def state_of(description: Mapping[str, Any]) -> JobState:
    """Return the state of a job from the response of DescribeJobs or ListJobs."""
    container = description.get("container", {})
    attempts = description.get("attempts", [])
    last = attempts[-1].get("container", {}) if attempts else {}
    reason = description.get("statusReason")
    exit_code = container.get("exitCode", last.get("exitCode"))
    array = description.get("arrayProperties", {})
    return JobState(
        id=description["jobId"],
        name=description["jobName"],
        status=description["status"],
        reason=reason,
        exit_code=exit_code,
        attempts=len(attempts),
        created=_time(description.get("createdAt")),
        started=_time(description.get("startedAt")),
        stopped=_time(description.get("stoppedAt")),
        index=array.get("index"),
        size=array.get("size"),
        failure=_failure(
            description["status"], reason, container.get("reason", last.get("reason")), exit_code
        ),
    )


def _failure(
    status: str, reason: str | None, container_reason: str | None, exit_code: int | None
) -> Failure | None:
    if status != "FAILED":
        return None
    return explain_failure(reason=reason, container_reason=container_reason, exit_code=exit_code)


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_epoch_ms(milliseconds)


def _streams(descriptions: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the log streams of all attempts, in their order."""
    containers = [
        container
        for description in descriptions
        for container in (
            *(attempt.get("container", {}) for attempt in description.get("attempts", [])),
            description.get("container", {}),
        )
    ]
    return list(dict.fromkeys(found["logStreamName"] for found in containers if found.get("logStreamName")))
