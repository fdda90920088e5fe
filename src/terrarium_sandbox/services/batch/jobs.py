"""Jobs of the sandbox, by account, region and id."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from terrarium_sandbox.services.batch.job import Job

__all__ = ["Jobs", "now"]

_KEPT = 7 * 24 * 3600 * 1000  # ms after the end, as on AWS


def now() -> int:
    """Return the time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Jobs:
    """Jobs by account, region and id. Callers hold the lock of Batch."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[str, str], dict[str, Job]] = {}

    def __iter__(self) -> Iterator[Job]:
        for jobs in self._jobs.values():
            yield from jobs.values()

    def add(self, jobs: Iterable[Job]) -> None:
        """Add new jobs."""
        for job in jobs:
            self._jobs.setdefault((job.account, job.region), {})[job.id] = job

    def of(self, account: str, region: str) -> Iterable[Job]:
        """Return the jobs of an account in a region, in the order of submission."""
        return self._jobs.get((account, region), {}).values()

    def find(self, account: str, region: str, identifier: str) -> Job | None:
        """Return the job of that id or ARN."""
        return self._jobs.get((account, region), {}).get(identifier.rpartition("job/")[2])

    def sibling(self, job: Job, identifier: str) -> Job | None:
        """Return the job of that id in the account and region of `job`."""
        return self.find(job.account, job.region, identifier)

    def children(self, job: Job) -> list[Job]:
        """Return the children of an array job, by index."""
        found = (self.sibling(job, f"{job.id}:{index}") for index in range(job.array_size or 0))
        return [child for child in found if child]

    def dependencies(self, job: Job) -> Iterator[Job]:
        """Yield the jobs that must succeed before a job starts."""
        for dependency in job.depends_on:
            other = _dependency_id(job, dependency)
            found = self.sibling(job, other) if other else None
            if found is not None:
                yield found

    def dump(self) -> Any:
        """Return the jobs to save."""
        oldest = now() - _KEPT
        return {
            place: {key: job for key, job in jobs.items() if (job.stopped_at or oldest) >= oldest}
            for place, jobs in self._jobs.items()
        }

    def load(self, saved: Any) -> None:
        """Load saved jobs."""
        self._jobs = saved


def _dependency_id(job: Job, dependency: dict[str, str]) -> str | None:
    match dependency.get("type"):
        case "SEQUENTIAL":
            return f"{job.parent}:{job.array_index - 1}" if job.array_index else None
        case "N_TO_N":
            return f"{dependency['jobId']}:{job.array_index}"
        case _:
            return dependency["jobId"]
