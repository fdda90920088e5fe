"""Operations of Batch's API on jobs, which replace moto's."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from moto.batch.exceptions import ClientException
from moto.batch.responses import BatchResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.batch.descriptions import describe
from terrarium_sandbox.services.batch.job import Job
from terrarium_sandbox.services.batch.jobs import Jobs
from terrarium_sandbox.services.batch.listing import list_jobs
from terrarium_sandbox.services.batch.scheduler import Scheduler
from terrarium_sandbox.services.batch.state_changes import StateChanges, tags_of
from terrarium_sandbox.services.batch.submission import submit

__all__ = ["install_operations"]

_MOST_DESCRIBED = 100

_Operation: TypeAlias = Callable[[BatchResponse, dict[str, Any]], dict[str, Any]]


def install_operations(jobs: Jobs, scheduler: Scheduler, changes: StateChanges) -> None:
    """Answer SubmitJob, DescribeJobs, ListJobs, CancelJob and TerminateJob from `jobs`."""

    def submit_job(response: BatchResponse, request: dict[str, Any]) -> dict[str, Any]:
        backend = response.batch_backend
        job, *children = submit(backend, jobs, request)
        jobs.add([job, *children])
        backend.tag_resource(job.arn, request.get("tags") or {})
        for one in (job, *children):
            changes.publish(one)
        scheduler.wake()
        return {"jobArn": job.arn, "jobId": job.id, "jobName": job.name}

    def describe_jobs(response: BatchResponse, request: dict[str, Any]) -> dict[str, Any]:
        if len(request["jobs"]) > _MOST_DESCRIBED:
            raise ClientException(f"at most {_MOST_DESCRIBED} jobs can be described at once")
        described = []
        for identifier in request["jobs"]:
            base, _, node = identifier.partition("#")
            job = find(response, base)
            if job is not None and (not node or int(node) < len(job.containers)):
                described.append(describe(job, jobs, tags=tags_of(job), node=int(node) if node else None))
        return {"jobs": described}

    def list_of_jobs(response: BatchResponse, request: dict[str, Any]) -> dict[str, Any]:
        return list_jobs(jobs, response.current_account, response.region, request)

    def cancel_job(response: BatchResponse, request: dict[str, Any]) -> dict[str, Any]:
        job = find(response, request["jobId"])
        if job is not None:  # AWS answers success for a job that does not exist
            scheduler.cancel(job, _reason(request))
        return {}

    def terminate_job(response: BatchResponse, request: dict[str, Any]) -> dict[str, Any]:
        job = find(response, request["jobId"])
        if job is not None:
            scheduler.terminate(job, _reason(request))
        return {}

    def find(response: BatchResponse, identifier: str) -> Job | None:
        return jobs.find(response.current_account, response.region, identifier)

    operations: dict[str, _Operation] = {
        "submitjob": submit_job,
        "describejobs": describe_jobs,
        "listjobs": list_of_jobs,
        "canceljob": cancel_job,
        "terminatejob": terminate_job,
    }
    for name, operation in operations.items():
        patch(
            BatchResponse,
            name,
            _answering(operation),
            reason="moto runs jobs in Docker; the sandbox in processes.",
        )


def _answering(operation: _Operation) -> Callable[[BatchResponse], str]:
    def answer(self: BatchResponse) -> str:
        return json.dumps(operation(self, json.loads(self.body or "{}")))

    return answer


def _reason(request: dict[str, Any]) -> str:
    reason = request.get("reason")
    if not reason:
        raise ClientException("'reason' is a required field (cannot be an empty string)")
    return str(reason)
