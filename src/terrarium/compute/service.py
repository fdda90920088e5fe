"""`lab.compute`: submission of jobs to the environment's pools, and access to jobs."""

import getpass
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from terrarium.arguments import Count, checked_methods
from terrarium.artifacts import Artifacts
from terrarium.aws import translate_errors
from terrarium.compute.batch.job import BatchJob, state_of
from terrarium.compute.batch.placement import choose_pool, granted_resources
from terrarium.compute.batch.request import submission
from terrarium.compute.batch.submission_checks import (
    architectures_of_image,
    check_egress,
    check_inputs,
    definition_in_pool,
    job_definition_of,
)
from terrarium.compute.code.upload import Shipping
from terrarium.compute.errors import JobNotFoundError
from terrarium.compute.executor import Executor
from terrarium.compute.job import Job
from terrarium.compute.packages.requested import record_of_run
from terrarium.compute.request import JobRequest
from terrarium.compute.state import JobState, Status
from terrarium.manifest import BASE_IMAGE

if TYPE_CHECKING:
    from terrarium.compute.local.compute import LocalCompute
    from terrarium.connection import Connection

__all__ = ["Compute"]

_ID_LENGTH = 36  # of a UUID
_MOST_LOOKED_AT = 1000


@checked_methods
class Compute(Executor[BatchJob]):
    """The pools of an environment. Threads can share it.

    Args:
        connection: The environment.
        artifacts: Storage of code and inputs.
    """

    def __init__(self, connection: "Connection", *, artifacts: Artifacts) -> None:
        super().__init__(partial(record_of_run, connection))
        self._connection = connection
        self._manifest = connection.manifest
        self._session = connection.session
        self._shipping = Shipping(artifacts)

    def _submit(self, request: JobRequest, depends_on: Sequence[Job]) -> BatchJob:
        manifest = self._manifest
        definition = job_definition_of(request, manifest)
        check_egress(request, manifest)
        check_inputs(request, manifest)
        pool = choose_pool(
            manifest.compute.pools,
            request.resources,
            wanted=request.pool,
            image=request.image or BASE_IMAGE,
            architectures=architectures_of_image(request, manifest),
        )
        request = request.model_copy(update={"resources": granted_resources(pool, request.resources)})
        call = submission(
            request,
            tags=manifest.job_tags,
            job_definition=definition_in_pool(definition, pool, request),
            pool=pool,
            code=None if request.code is None else self._shipping.ship(request.code),
            lock=None if request.packages is None else self._shipping.ship_lock(request.packages),
            share=_share_identifier(),
            depends_on=[{"jobId": other.id} for other in depends_on],
        )
        with translate_errors(f"submit job {request.name!r}"):
            submitted = self._batch.submit_job(**call)
        return self._job(submitted["jobId"], size=request.array or 0)

    def job(self, job_id: str) -> BatchJob:
        """Return the job with an id, whichever user submitted it."""
        return self._job(job_id, size=None)

    def identify(self, text: str) -> str:
        """Return the id of the only job whose id begins with `text`, among the latest jobs of every pool.

        Raises:
            JobNotFoundError: No job, or more than one, has such an id.
        """
        if len(text) >= _ID_LENGTH:  # also of a job of an array, `<id>:<index>`
            return text
        found = [
            job.id for job in self.jobs(limit=_MOST_LOOKED_AT) if text and job.id.startswith(text.lower())
        ]
        if len(found) != 1:
            raise JobNotFoundError(
                f"{'no job has' if text and not found else 'several jobs have'} an id that begins with {text!r}",
                remedy="`terrarium jobs list` shows ids; a few characters are enough if only one job has them",
            )
        return found[0]

    def jobs(
        self,
        *,
        pool: str | None = None,
        status: Status | None = None,
        name: str | None = None,
        limit: Count = 100,
    ) -> list[JobState]:
        """Return the jobs that Batch knows, newest first.

        Args:
            pool: The name of a pool; by default, all pools.
            status: The status of the jobs; by default, any.
            name: The name of the jobs, which may end with an asterisk; by default, any.
            limit: The largest number of jobs to return.

        Example:
            >>> lab.compute.jobs(status="RUNNING")
        """
        found: list[JobState] = []
        with translate_errors("list jobs"):
            for one in self._manifest.compute.pools:
                if pool in (None, one.name):
                    found.extend(self._listed(one.queue_arn, status=status, name=name, limit=limit))
        # Jobs of the same millisecond are sorted by id, so that the order is stable.
        found.sort(key=lambda job: (job.created is not None, job.created, job.id), reverse=True)
        return found[:limit]

    def local(self) -> "LocalCompute":
        """Return an executor with the same interface that runs jobs of this environment on this machine.

        Example:
            >>> lab.compute.local().submit(["python", "-m", "churn.train"])
        """
        from terrarium.compute.local.compute import LocalCompute

        return LocalCompute.of(self._connection)

    def _listed(
        self, queue: str, *, status: Status | None, name: str | None, limit: int
    ) -> Iterator[JobState]:
        # A filter replaces the status and finds jobs of any status. The filter `*` matches every job.
        any_status: list[dict[str, Any]] = [{"name": "JOB_NAME", "values": [name or "*"]}]
        asked = {"jobQueue": queue, "filters": any_status}
        if status is not None and name is None:
            asked = {"jobQueue": queue, "jobStatus": status}
        pages = self._batch.get_paginator("list_jobs").paginate(**asked, PaginationConfig={"MaxItems": limit})
        for page in pages:
            for summary in page["jobSummaryList"]:
                if status in (None, summary["status"]):
                    yield state_of(summary)

    def _job(self, job_id: str, *, size: int | None) -> BatchJob:
        return BatchJob(job_id, session=self._session, log_group=self._manifest.compute.log_group, size=size)

    @property
    def _batch(self) -> Any:
        return self._session.client("batch")


def _share_identifier() -> str:
    """Return the name of the user, reduced to the letters and digits that Batch accepts."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # the user of a container has no name
        user = ""
    return "".join(letter for letter in user if letter.isascii() and letter.isalnum()) or "unknown"
