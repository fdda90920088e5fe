"""ListJobs: filters, order and pages."""

from collections.abc import Callable, Iterable
from typing import Any

from moto.batch.exceptions import ClientException

from terrarium_sandbox.services.batch.descriptions import node_summaries, summarize
from terrarium_sandbox.services.batch.job import STATUSES, Job
from terrarium_sandbox.services.batch.jobs import Jobs

__all__ = ["list_jobs"]

_PAGE = 1000


def list_jobs(jobs: Jobs, account: str, region: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a request.

    Raises:
        ClientException: The request names no queue, array job or multi-node job, or one that does not exist.
    """
    found = sorted(
        _asked_for(jobs, account, region, request), key=lambda summary: summary["createdAt"], reverse=True
    )
    start = int(request.get("nextToken") or 0)
    end = start + int(request.get("maxResults") or _PAGE)
    answer: dict[str, Any] = {"jobSummaryList": found[start:end]}
    if end < len(found):
        answer["nextToken"] = str(end)
    return answer


def _asked_for(jobs: Jobs, account: str, region: str, request: dict[str, Any]) -> list[dict[str, Any]]:
    status = request.get("jobStatus") or "RUNNING"
    if status not in STATUSES:
        raise ClientException(f"Job status is not one of {' | '.join(STATUSES)}")
    if multi_node := request.get("multiNodeJobId"):
        nodes = node_summaries(_existing(jobs, account, region, multi_node))
        return [node for node in nodes if node["status"] == status]
    if array := request.get("arrayJobId"):
        children = jobs.children(_existing(jobs, account, region, array))
        return [summarize(child) for child in children if child.status == status]
    queue = request.get("jobQueue")
    if not queue:
        raise ClientException("one of jobQueue, arrayJobId, multiNodeJobId must be specified")
    name = queue.rpartition("job-queue/")[2]
    of_queue = [
        job for job in jobs.of(account, region) if job.parent is None and job.queue.rpartition("/")[2] == name
    ]
    filters = request.get("filters") or []
    # A filter replaces the status.
    chosen = _filtered(of_queue, filters) if filters else [job for job in of_queue if job.status == status]
    return [summarize(job) for job in chosen]


def _existing(jobs: Jobs, account: str, region: str, identifier: str) -> Job:
    job = jobs.find(account, region, identifier)
    if job is None:
        raise ClientException(f"Job {identifier} does not exist")
    return job


def _filtered(jobs: Iterable[Job], filters: list[dict[str, Any]]) -> list[Job]:
    for given in filters:
        test = _FILTERS.get(given["name"])
        if test is None:
            raise ClientException(f"Filter {given['name']} is not one of {' | '.join(_FILTERS)}")
        jobs = [job for job in jobs if any(test(job, value) for value in given["values"])]
    return list(jobs)


def _matches(text: str, value: str) -> bool:
    if value.endswith("*"):
        return text.lower().startswith(value[:-1].lower())
    return text.lower() == value.lower()


def _of_definition(job: Job, value: str) -> bool:
    """Return whether a job has a definition: a name without a revision matches all revisions."""
    full_name = job.definition.rpartition("/")[2]
    return job.definition == value or full_name == value or _matches(full_name.partition(":")[0], value)


_FILTERS: dict[str, Callable[[Job, str], bool]] = {
    "JOB_NAME": lambda job, value: _matches(job.name, value),
    "JOB_DEFINITION": _of_definition,
    "BEFORE_CREATED_AT": lambda job, value: job.created_at < int(value),
    "AFTER_CREATED_AT": lambda job, value: job.created_at > int(value),
    "SHARE_IDENTIFIER": lambda job, value: _matches(job.share_identifier or "", value),
}
