"""`terrarium.LocalCompute`: jobs on this machine, with the interface of `lab.compute`."""

import atexit
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

from terrarium.artifacts import ArtifactRef, Artifacts
from terrarium.compute.code.archive import pack
from terrarium.compute.code.files import CodeFiles, checkout_around
from terrarium.compute.errors import PlacementError
from terrarium.compute.executor import Executor
from terrarium.compute.job import Job
from terrarium.compute.local._job import LocalArrayJob, LocalJob
from terrarium.compute.local._slots import Slots
from terrarium.compute.packages.requested import record_of_run
from terrarium.compute.request import JobRequest
from terrarium.compute.resources import Resources
from terrarium.connection import Connection, connection_of

__all__ = ["LocalCompute"]

_MIB = 2**20


class LocalCompute(Executor[Job]):
    """This machine as a pool: jobs run as processes, in a copy of the code at the time of submission.

    Jobs end with this process. Memory is not limited, GPUs are not assigned, and images are ignored: jobs run in this
    interpreter.

    Args:
        environment: The environment that `terrarium.connect()` connects to in a job; by default, the same as here.
        vcpus: The number of vCPUs for all jobs together; by default, those of this machine.

    Example:
        >>> terrarium.LocalCompute().submit(["python", "-m", "churn.train"]).result()
    """

    def __init__(self, *, environment: str | None = None, vcpus: int | None = None) -> None:
        super().__init__(lambda run: record_of_run(self._connect(), run))
        self._environment = environment
        self._connection: Connection | None = None
        self._most = Resources(vcpus=_cores() if vcpus is None else vcpus, memory=_memory(), gpus=0, nodes=1)
        self._slots = Slots(self._most.vcpus)
        self._logs = Path(mkdtemp(prefix="terrarium-jobs-"))
        self._jobs: list[LocalJob] = []
        atexit.register(
            _end, self._jobs, self._logs
        )  # not earlier: jobs outlive the function that submitted them

    @classmethod
    def of(cls, connection: "Connection") -> Self:
        """Return an executor whose jobs use a connection that is open."""
        executor = cls(environment=connection.environment)
        executor._connection = connection
        return executor

    def _connect(self) -> "Connection":
        """Return the connection for inputs and packages, which jobs without them do not need."""
        if self._connection is None:
            self._connection = connection_of(f"terrarium://{self._environment or ''}")
        return self._connection

    def _submit(self, request: JobRequest, depends_on: Sequence[Job]) -> Job:
        self._check_placement(request.resources)
        archive = None if request.code is None else _pack(request.code.resolve())
        if request.array is None:
            job = self._job(request, archive, depends_on)
            job.start()
            return job
        children = [self._job(request, archive, depends_on, index=index) for index in range(request.array)]
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
            fetch=self._fetch,
            depends_on=depends_on,
            slots=self._slots,
            log=self._logs / str(len(self._jobs)),
            index=index,
        )
        self._jobs.append(job)
        return job

    def _fetch(self, reference: ArtifactRef, destination: Path) -> None:
        connection = self._connect()
        artifacts = Artifacts(connection.manifest.artifacts, session=connection.session)
        artifacts.get(reference, destination, progress=False)

    def _check_placement(self, resources: Resources) -> None:
        fits = (
            resources.vcpus * resources.nodes <= self._most.vcpus
            and resources.memory * resources.nodes <= self._most.memory
            and not resources.gpus
        )
        if not fits:
            raise PlacementError(
                f"this machine cannot run this job ({resources}); it has {self._most}",
                remedy="request less, or submit it to the environment's pools: lab.compute.submit",
            )


def _pack(folder: Path) -> tuple[bytes, str]:
    root = checkout_around(folder)
    return pack(CodeFiles.of(root)), str(folder.relative_to(root))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB


def _end(jobs: list[LocalJob], logs: Path) -> None:
    for job in jobs:
        job.kill()
    shutil.rmtree(logs, ignore_errors=True)
