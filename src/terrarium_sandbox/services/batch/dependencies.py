"""Dependencies of a job."""

from collections.abc import Iterator

from terrarium_sandbox.services.batch.job import Job
from terrarium_sandbox.services.batch.jobs import Jobs

__all__ = ["dependencies_of"]


def dependencies_of(job: Job, jobs: Jobs) -> Iterator[Job]:
    """Return the jobs that must succeed before a job starts."""
    for dependency in job.depends_on:
        other = _other(job, dependency)
        found = jobs.sibling(job, other) if other else None
        if found is not None:
            yield found


def _other(job: Job, dependency: dict[str, str]) -> str | None:
    match dependency.get("type"):
        case "SEQUENTIAL":
            return f"{job.parent}:{job.array_index - 1}" if job.array_index else None
        case "N_TO_N":
            return f"{dependency['jobId']}:{job.array_index}"
        case _:
            return dependency["jobId"]
