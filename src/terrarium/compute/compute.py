"""`lab.compute`: submit jobs to the environment's pools, and follow them."""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from os import PathLike
from typing import TYPE_CHECKING, Any

from terrarium.artifacts import ArtifactRef, Artifacts
from terrarium.aws import Session, explained
from terrarium.compute.batch_job import BatchJob, state_of
from terrarium.compute.batch_request import submission
from terrarium.compute.errors import PlacementError
from terrarium.compute.placement import choose_pool
from terrarium.compute.request import checked_request
from terrarium.compute.requested_packages import PackagesLike
from terrarium.compute.resources import Resources
from terrarium.compute.run_under_way import run_under_way
from terrarium.compute.shipping import Shipping
from terrarium.compute.state import JobState, Status
from terrarium.manifest import PlatformManifest

if TYPE_CHECKING:
    from terrarium.compute.job import Job
    from terrarium.compute.local_compute import LocalCompute

__all__ = ["Compute"]

_ONE_CORE = Resources()


class Compute:
    """The environment's pools of machines. Safe to share between threads.

    Args:
        manifest: What the environment exposes.
        artifacts: Where code and inputs go.
        session: Whose rights to use.
    """

    def __init__(self, manifest: PlatformManifest, *, artifacts: Artifacts, session: Session) -> None:
        self._manifest = manifest
        self._session = session
        self._shipping = Shipping(artifacts)

    def submit(
        self,
        command: Sequence[str],
        *,
        resources: Resources = _ONE_CORE,
        name: str | None = None,
        variables: Mapping[str, str] | None = None,
        inputs: Mapping[str, ArtifactRef | str] | None = None,
        code: str | PathLike[str] | None = ".",
        packages: "PackagesLike | None" = None,
        retries: int | None = None,
        deadline: timedelta | float | None = None,
        array: int | None = None,
        depends_on: "Sequence[Job]" = (),
        pool: str | None = None,
        run: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> BatchJob:
        """Run a command on a machine of the platform, in the code of this checkout as it is now.

        What git tracks, and what is new and not ignored, goes along as a snapshot, which is uploaded when it has
        changed. Nothing is submitted unless some pool has what the job needs.

        Args:
            command: Program and arguments, as in `["python", "-m", "churn.train"]`; no shell is in between.
            resources: What it needs; omitted, 1 vCPU and 2 GiB.
            name: What to find it by; omitted, what it runs.
            variables: Set in its environment.
            inputs: Artifacts it finds in the folder that `TERRARIUM_INPUTS` names, by name.
            code: A folder of the checkout, in which the command is run; None to send nothing along.
            packages: Exact packages that it has besides those of its image, and instead of their other versions: the
                path of a requirements file, or a run (or its id) whose recorded ones are meant.
            retries: How often to try again whatever failed; omitted, only when an instance was reclaimed.
            deadline: Seconds after which an attempt is ended, 60 at least; omitted, the environment's.
            array: How many times to run it, each with its own `TERRARIUM_ARRAY_INDEX` from 0.
            depends_on: Jobs that must have succeeded before.
            pool: Where it shall run; omitted, the first pool that has what it needs.
            run: The id of the run it belongs to, `TERRARIUM_RUN` in the job; omitted, the run under way here.
            tags: Of the job, so that its cost can be told.

        Raises:
            PlacementError: No pool has what it needs; the error names the nearest.
            CodeNotShippableError: The code lies in no git repository, or is too large.
            LockInvalidError: The packages are not exact.
            DeadlineError: It is shorter than Batch can keep.
            AccessDeniedError: The role may not submit jobs.
        """
        request = checked_request(
            command,
            resources=resources,
            name=name,
            variables=variables,
            inputs=inputs,
            code=code,
            packages=packages,
            environment=self._manifest.environment,
            retries=retries,
            deadline=deadline,
            array=array,
            run=run or run_under_way(),
            tags=tags,
        )
        compute = self._manifest.compute
        chosen = choose_pool(compute.pools, resources, wanted=pool)
        if resources.nodes > 1 and compute.multi_node_job_definition_arn is None:
            raise PlacementError(
                f"environment {self._manifest.environment!r} was deployed without a definition for multi-node jobs",
                remedy=f"deploy it again: `cdktf deploy {self._manifest.environment}`",
            )
        call = submission(
            request,
            compute=compute,
            pool=chosen,
            code=None if request.code is None else self._shipping.ship(request.code),
            lock=None if request.packages is None else self._shipping.ship_lock(request.packages),
            share=_share_identifier(),
            depends_on=[{"jobId": other.id} for other in depends_on],
        )
        with explained(f"submit job {request.name!r}"):
            submitted = self._batch.submit_job(**call)
        return self._job(submitted["jobId"], size=array or 0)

    def job(self, job_id: str) -> BatchJob:
        """The job of that id, submitted by whomever."""
        return self._job(job_id, size=None)

    def jobs(
        self,
        *,
        pool: str | None = None,
        status: Status | None = None,
        name: str | None = None,
        limit: int = 100,
    ) -> list[JobState]:
        """The jobs that Batch knows, those submitted last first.

        Args:
            pool: Of that pool; omitted, of all.
            status: Of that status; omitted, of any.
            name: Of that name, which may end with an asterisk; omitted, of any.
            limit: How many at most.
        """
        found: list[JobState] = []
        with explained("list jobs"):
            for one in self._manifest.compute.pools:
                if pool in (None, one.name):
                    found.extend(self._listed(one.queue_arn, status=status, name=name, limit=limit))
        # Those of the same millisecond by their ids, so that the order is always the same.
        found.sort(key=lambda job: (job.created is not None, job.created, job.id), reverse=True)
        return found[:limit]

    def local(self) -> "LocalCompute":
        """An executor with the same interface, which runs jobs of this environment on this machine."""
        from terrarium.compute.local_compute import LocalCompute

        return LocalCompute(environment=self._manifest.environment)

    def _listed(
        self, queue: str, *, status: Status | None, name: str | None, limit: int
    ) -> Iterator[JobState]:
        # A filter takes a status' place, and finds jobs of any; this one holds for all.
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
    """Who submits, in the letters and digits that Batch takes."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user has no name
        user = ""
    return "".join(letter for letter in user if letter.isascii() and letter.isalnum()) or "unknown"
