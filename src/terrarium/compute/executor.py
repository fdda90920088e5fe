"""`Executor`: what `submit` means, wherever jobs run."""

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
    """Takes jobs: the environment's pools (`lab.compute`), or this machine (`terrarium.LocalCompute`).

    Args:
        read_record: Returns the record of a run, for the packages of jobs.
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
        """Run a command on a machine that has what it needs, in the code of this checkout as it is now.

        What git tracks, and what is new and not ignored, goes along as a snapshot. Nothing is submitted that
        could not run.

        Args:
            command: Program and arguments, as in `["python", "-m", "churn.train"]`; no shell is in between.
            resources: What it needs; omitted, 1 vCPU and 2 GiB.
            name: What to find it by; omitted, what it runs.
            variables: Set in its environment.
            inputs: Artifacts it finds in the folder that `TERRARIUM_INPUTS` names, by name.
            code: A folder of the checkout, in which the command is run; None to send nothing along.
            packages: Exact packages that it has besides those of its image, and instead of their other versions: the
                path of a requirements file, or a run (or its id) whose recorded ones are meant.
            image: Which of the environment's images it runs in, by name; omitted, the base image. On this machine
                there is none: jobs run in this interpreter.
            egress: Whether it must reach the internet, AWS' own services included: its image and packages come from
                there. False where endpoints that the kit knows nothing of lead to all it needs.
            retries: How often to try again whatever failed; omitted, only when an instance was reclaimed.
            deadline: Seconds after which an attempt is ended, 60 at least; omitted, the environment's.
            array: How many times to run it, each with its own `TERRARIUM_ARRAY_INDEX` from 0.
            depends_on: Jobs that must have succeeded before.
            pool: Where it shall run; omitted, the first pool that has what it needs. This machine is the only one here.
            run: The id of the run it belongs to, `TERRARIUM_RUN` in the job; omitted, the run under way here.
            tags: Of the job, so that its cost can be told, besides environment, use case and run.

        Raises:
            PlacementError: Nowhere is there what it needs; the error names the nearest.
            CodeNotShippableError: The code lies in no git repository, is too large, has a link that leads out of it, or
                secrets in what changed.
            LockInvalidError: The packages are not exact.
            DeadlineError: It is shorter than Batch can keep.
            JobRequestError: Something else in it cannot be.
            AccessDeniedError: The role may not submit jobs.
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
                f"job {request.name!r} depends on {len(depends_on)} jobs, and Batch takes {_MOST_DEPENDENCIES}",
                remedy="submit alike jobs as one array (array=...), or let a small job wait for 20 of them, and depend "
                "on that",
            )
        if not all(isinstance(job, Job) for job in depends_on):
            raise _no_jobs(depends_on)
        return self._submit(request, depends_on)

    @abstractmethod
    def _submit(self, request: JobRequest, depends_on: Sequence[Job]) -> _JobT:
        """Take a request that can be, if there is room for it anywhere."""


def _no_jobs(depends_on: object) -> JobRequestError:
    return JobRequestError(
        f"a job cannot depend on {shown(depends_on)}",
        remedy="give a list of jobs: depends_on=[lab.compute.job(job_id)]",
    )
