"""`terrarium.LocalCompute`: jobs on this machine, by the interface of `lab.compute`."""

import atexit
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import timedelta
from os import PathLike
from pathlib import Path
from tempfile import mkdtemp

from terrarium.artifacts import ArtifactRef
from terrarium.compute.code_archive import pack
from terrarium.compute.code_files import CodeFiles
from terrarium.compute.errors import PlacementError
from terrarium.compute.job import Job
from terrarium.compute.local_job import LocalArrayJob, LocalJob
from terrarium.compute.request import JobRequest, checked_request
from terrarium.compute.requested_packages import PackagesLike
from terrarium.compute.resources import Resources
from terrarium.compute.run_under_way import run_under_way
from terrarium.compute.shipping import checkout_around
from terrarium.compute.slots import Slots

__all__ = ["LocalCompute"]

_MIB = 2**20
_ONE_CORE = Resources()


class LocalCompute:
    """This machine as a pool: jobs run as processes, in a copy of the code as it is when they are submitted.

    They end with this process. Memory is not enforced, and GPUs are not handed out.

    Args:
        environment: What `terrarium.connect()` connects to in a job; omitted, whatever it does here.
        vcpus: How many jobs may take at once; omitted, those of this machine.
    """

    def __init__(self, *, environment: str | None = None, vcpus: int | None = None) -> None:
        self._environment = environment
        self._most = Resources(vcpus=vcpus or _cores(), memory=_memory(), gpus=0, nodes=1)
        self._slots = Slots(self._most.vcpus)
        self._logs = Path(mkdtemp(prefix="terrarium-jobs-"))
        self._jobs: list[LocalJob] = []
        atexit.register(_end, self._jobs, self._logs)  # not before: jobs outlive whoever submitted them

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
        depends_on: Sequence[Job] = (),
        pool: str | None = None,  # noqa: ARG002 - there is only one here
        run: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Job:
        """Run a command on this machine; everything as in `Compute.submit`.

        Raises:
            PlacementError: This machine has not what it needs.
            CodeNotShippableError: The code lies in no git repository, or is too large.
            LockInvalidError: The packages are not exact.
            DeadlineError: It is shorter than Batch could keep.
        """
        request = checked_request(
            command,
            resources=resources,
            name=name,
            variables=variables,
            inputs=inputs,
            code=code,
            packages=packages,
            environment=self._environment,
            retries=retries,
            deadline=deadline,
            array=array,
            run=run or run_under_way(),
            tags=tags,
        )
        self._check_placement(resources)
        archive = None if request.code is None else _pack(request.code.resolve())
        if array is None:
            job = self._job(request, archive, depends_on)
            job.start()
            return job
        children = [self._job(request, archive, depends_on, index=index) for index in range(array)]
        for child in children:
            child.start()
        return LocalArrayJob(children)

    def _job(
        self,
        request: JobRequest,
        archive: tuple[bytes, str] | None,
        depends_on: Sequence[Job],
        *,
        index: int | None = None,
    ) -> LocalJob:
        job = LocalJob(
            request,
            archive=archive,
            environment=self._environment,
            depends_on=depends_on,
            slots=self._slots,
            log=self._logs / str(len(self._jobs)),
            index=index,
        )
        self._jobs.append(job)
        return job

    def _check_placement(self, resources: Resources) -> None:
        fits = (
            resources.vcpus * resources.nodes <= self._most.vcpus
            and resources.memory * resources.nodes <= self._most.memory
            and not resources.gpus
        )
        if not fits:
            raise PlacementError(
                f"this machine has not what the job asks for ({resources}); it has {self._most}",
                remedy="ask for less, or submit it to the environment's pools: lab.compute.submit",
            )


def _pack(folder: Path) -> tuple[bytes, str]:
    root = checkout_around(folder).resolve()
    return pack(CodeFiles.of(root)), str(folder.relative_to(root))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB


def _end(jobs: list[LocalJob], logs: Path) -> None:
    for job in jobs:
        job.kill()
    shutil.rmtree(logs, ignore_errors=True)
