"""`Executor`: the interface for submitting jobs, to AWS Batch or to this machine."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from os import PathLike
from pathlib import Path
from typing import Generic, TypeVar

from terrarium.artifacts import ArtifactRef
from terrarium.compute.current_run import run_under_way
from terrarium.compute.errors import JobRequestError
from terrarium.compute.job import Job
from terrarium.compute.packages.requested import PackagesLike, requested_lock
from terrarium.compute.request import JobRequest, checked_request, name_of
from terrarium.compute.resources import Resources
from terrarium.plain_text import shown
from terrarium.record import RunRecord

__all__ = ["Executor"]

_ONE_CORE = Resources()
_MOST_DEPENDENCIES = 20  # API of SubmitJob, dependsOn: "A job can depend upon a maximum of 20 jobs"
_JobT = TypeVar("_JobT", bound=Job, covariant=True)


class Executor(ABC, Generic[_JobT]):
    """A destination of jobs: the environment's pools (`lab.compute`), or this machine (`terrarium.LocalCompute`).

    Args:
        read_record: Function that returns the record of a run, for the packages of jobs.
    """

    def __init__(self, read_record: "Callable[[str], RunRecord]") -> None:
        self._read_record = read_record

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
        image: str | None = None,
        egress: bool = True,
        retries: int | None = None,
        deadline: timedelta | float | None = None,
        array: int | None = None,
        depends_on: Sequence[Job] = (),
        pool: str | None = None,
        run: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> _JobT:
        """Submit a command that runs in the current code of this checkout.

        The job gets a snapshot of the files that git tracks and of new files that git does not ignore. A job that
        cannot run is refused before it is submitted.

        Args:
            command: Program and arguments, such as `["python", "-m", "churn.train"]`; no shell reads them.
            resources: Required resources; by default, 1 vCPU and 2 GiB.
            name: Name of the job; by default, the name of the program.
            variables: Environment variables of the job.
            inputs: Artifacts by file name; the job finds them in the folder `TERRARIUM_INPUTS`.
            code: A folder of the checkout, the working folder of the command; None to send no code.
            packages: Exact packages, which come before those of the image: the path of a requirements file, or a
                run (or its id) whose recorded packages are installed.
            image: Name of one of the environment's images; by default, the base image. Local jobs have no image:
                they run in this interpreter.
            egress: Whether the job needs AWS services for its image, and a package index for its packages. False if
                private endpoints outside of the kit lead to all that it needs.
            retries: Number of retries after any failure; by default, only reclaimed instances are retried.
            deadline: Seconds until an attempt is stopped, at least 60; by default, the environment's deadline.
            array: Number of jobs to run, each with its own `TERRARIUM_ARRAY_INDEX` from 0.
            depends_on: Jobs that must succeed first.
            pool: Name of the pool; by default, the first pool that satisfies `resources`. Ignored on this machine.
            run: Id of the run that the job belongs to (`TERRARIUM_RUN`); by default, the active run.
            tags: Cost tags of the job, in addition to environment, use case and run.

        Raises:
            PlacementError: No pool satisfies the request; the error names the nearest pool.
            CodeNotShippableError: The code is in no git repository, is too large, has a link that leads out of it, or
                has secrets in its uncommitted changes.
            LockInvalidError: The packages are not exact versions.
            DeadlineError: The deadline is shorter than Batch allows.
            JobRequestError: Another value of the request is invalid.
            AccessDeniedError: The role may not submit jobs.

        Example:
            >>> job = lab.compute.submit(["python", "-m", "churn.train"], resources=terrarium.Resources(vcpus=4))
            >>> job.result()
        """
        if code is not None and not isinstance(code, str | PathLike):
            raise JobRequestError(
                f"code cannot be {shown(code)}, a {type(code).__name__}",
                remedy="name a folder of the checkout, or None to send no code along",
            )
        under_way = run_under_way()
        request = checked_request(
            command=command,
            resources=resources,
            name=name_of(command) if name is None else name,
            variables={} if variables is None else variables,
            inputs={} if inputs is None else inputs,
            code=code,
            packages=None
            if packages is None
            else requested_lock(packages, code=Path(code or "."), read_record=self._read_record),
            image=image,
            egress=egress,
            retries=retries,
            deadline=deadline,
            array=array,
            pool=pool,
            run=(under_way.id if under_way else None) if run is None else run,
            use_case=under_way.use_case if under_way and run in (None, under_way.id) else None,
            tags={} if tags is None else tags,
        )
        if not isinstance(depends_on, Sequence) or isinstance(depends_on, str):
            raise _no_jobs(depends_on)
        if len(depends_on) > _MOST_DEPENDENCIES:
            raise JobRequestError(
                f"job {request.name!r} depends on {len(depends_on)} jobs; Batch allows {_MOST_DEPENDENCIES}",
                remedy="submit alike jobs as one array (array=...), or let a small job wait for 20 of them, and depend "
                "on that",
            )
        if not all(isinstance(job, Job) for job in depends_on):
            raise _no_jobs(depends_on)
        return self._submit(request, depends_on)

    @abstractmethod
    def _submit(self, request: JobRequest, depends_on: Sequence[Job]) -> _JobT:
        """Submit a valid request, if a machine satisfies it."""


def _no_jobs(depends_on: object) -> JobRequestError:
    return JobRequestError(
        f"a job cannot depend on {shown(depends_on)}",
        remedy="give a list of jobs: depends_on=[lab.compute.job(job_id)]",
    )
