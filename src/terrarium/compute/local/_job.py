"""A job on this machine."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from terrarium import env_vars as variables
from terrarium.arguments import checked_methods
from terrarium.artifacts import ArtifactRef
from terrarium.compute.batch.job import CANCELLED
from terrarium.compute.errors import PackagesNotProvidedError
from terrarium.compute.failures import NOT_PREPARED, explain_failure
from terrarium.compute.job import Job, sleeping_longer
from terrarium.compute.local._process import LocalProcess
from terrarium.compute.local._slots import Slots
from terrarium.compute.request import JobRequest
from terrarium.compute.state import JobState, Status
from terrarium.compute.waiting import Waiting

__all__ = ["LocalArrayJob", "LocalJob"]

_LOOK_EVERY = 0.05  # s
_TIMED_OUT = "Job attempt duration exceeded timeout"
_NOT_FOUND = 127  # a shell's code for a program that is not there


@dataclass(frozen=True)
class _Progress:
    """The progress of a job. It is replaced as a whole, so that readers need no lock."""

    status: Status = "SUBMITTED"
    reason: str | None = None
    exit_code: int | None = None
    attempts: int = 0
    started: datetime | None = None
    stopped: datetime | None = None


@checked_methods
class LocalJob(Job):
    """A job, or a job of an array, in processes on this machine.

    Args:
        request: The request.
        archive: The archive of the code and the working folder in it; None without code.
        environment: Name of the environment, if there is one.
        fetch: Function that downloads an input to a path.
        depends_on: Jobs that must succeed first.
        slots: The vCPUs of this machine.
        log: File for the output.
        index: Index of the job in its array.
    """

    def __init__(
        self,
        request: JobRequest,
        *,
        archive: tuple[bytes, str] | None,
        environment: str | None,
        fetch: Callable[[ArtifactRef, Path], None],
        depends_on: Sequence[Job],
        slots: Slots,
        log: Path,
        index: int | None = None,
    ) -> None:
        self._id = f"local-{uuid.uuid4()}"
        self._request = request
        self._archive = archive
        self._environment = environment
        self._fetch = fetch
        self._depends_on = depends_on
        self._slots = slots
        self._log = log
        self._index = index
        self._created = datetime.now(UTC)
        self._progress = _Progress()
        self._cancelled: str | None = None
        self._processes: list[LocalProcess] = []
        log.touch()

    @property
    def id(self) -> str:
        """The id of the job, valid in this process only."""
        return self._id

    @property
    def children(self) -> Sequence[Job]:
        """No jobs: an array is a `LocalArrayJob`."""
        return ()

    def start(self) -> None:
        """Start the job in a thread."""
        threading.Thread(target=self._run, name=self._id, daemon=True).start()

    def state(self) -> JobState:
        """Return the current state."""
        now = self._progress
        failure = explain_failure(reason=now.reason, container_reason=None, exit_code=now.exit_code)
        return JobState(
            id=self._id,
            name=self._request.name,
            status=now.status,
            reason=now.reason,
            exit_code=now.exit_code,
            attempts=now.attempts,
            created=self._created,
            started=now.started,
            stopped=now.stopped,
            index=self._index,
            failure=failure if now.status == "FAILED" else None,
        )

    def waiting(self) -> Waiting | None:
        """Return why the job has not started: other jobs, or missing free vCPUs of this machine."""
        match self._progress.status:
            case "PENDING":
                others = ", ".join(job.id for job in self._depends_on if not job.state().finished)
                return Waiting(problem=f"it depends on jobs that have not ended: {others}")
            case "SUBMITTED" | "RUNNABLE":
                return Waiting(problem=f"it waits until {self._vcpus} vCPUs of this machine are free")
        return None

    def cancel(self, reason: str = "by request") -> None:
        """Stop the job and its processes."""
        self._cancelled = self._cancelled or f"{CANCELLED}{reason}"
        self._slots.notify()

    def kill(self) -> None:
        """Kill its processes, because this process is about to end."""
        self._cancelled = self._cancelled or f"{CANCELLED}its executor has ended"
        for process in self._processes:
            process.close()

    def _lines(self, *, follow: bool) -> Iterator[str]:
        with self._log.open(encoding="utf-8", errors="replace") as log:
            rest = ""
            for _ in sleeping_longer():
                finished = self.state().finished  # before reading
                *lines, rest = (rest + log.read()).split("\n")
                yield from filter(None, lines)
                if finished or not follow:
                    yield from filter(None, [rest])
                    return

    def _run(self) -> None:
        try:
            reason = self._wait_for_others() or self._wait_for_room()
            if reason is not None:
                self._finish("FAILED", reason)
                return
            try:
                self._try_until_done()
            finally:
                self._slots.release(self._vcpus)
        except Exception as error:  # noqa: BLE001 - otherwise a waiting caller would never return
            self._finish("FAILED", f"it cannot be run: {error}")

    @property
    def _vcpus(self) -> int:
        return self._request.resources.vcpus * self._request.resources.nodes

    def _wait_for_others(self) -> str | None:
        while self._depends_on and self._cancelled is None:
            self._change(status="PENDING")
            states = [job.state() for job in self._depends_on]
            if any(state.status == "FAILED" for state in states):
                return "Dependent Job failed"
            if all(state.succeeded for state in states):
                break
            time.sleep(_LOOK_EVERY)
        return self._cancelled

    def _wait_for_room(self) -> str | None:
        self._change(status="RUNNABLE")
        self._slots.acquire(self._vcpus, unless=lambda: self._cancelled is not None)
        if self._cancelled is not None:
            self._slots.release(self._vcpus)
        return self._cancelled

    def _try_until_done(self) -> None:
        for attempt in range(1, (self._request.retries or 0) + 2):
            self._change(status="STARTING")
            exit_code, reason = self._attempt()
            self._change(exit_code=exit_code, attempts=attempt)
            if exit_code == 0 and reason is None:
                self._finish("SUCCEEDED", None)
                return
            if reason is not None:
                break
        self._finish("FAILED", reason)

    def _attempt(self) -> tuple[int | None, str | None]:
        """Return the exit code of the main node, and the reason if it was stopped."""
        try:
            self._processes = [self._start(rank) for rank in range(self._request.resources.nodes)]
        except OSError as error:
            with self._log.open("a") as log:
                log.write(f"terrarium: {self._request.command[0]} cannot be started: {error.strerror}\n")
            return _NOT_FOUND, None
        except PackagesNotProvidedError as error:
            with self._log.open("a") as log:
                log.write(f"terrarium: {error}\n")
            return NOT_PREPARED, None
        self._change(status="RUNNING", started=datetime.now(UTC))
        try:
            reason = self._watch(self._processes[0])
            return self._processes[0].exit_code, reason
        finally:
            for process in self._processes:
                process.close()

    def _start(self, rank: int) -> LocalProcess:
        given = {variables.JOB: self._id}
        if self._environment is not None:
            given["TERRARIUM_ENVIRONMENT"] = self._environment
        if self._index is not None:
            given |= {variables.INDEX: str(self._index), variables.SIZE: str(self._request.array)}
        if self._request.resources.nodes > 1:
            given |= {
                variables.RANK: str(rank),
                variables.NODES: str(self._request.resources.nodes),
                variables.MAIN_ADDRESS: "127.0.0.1",
                "MASTER_ADDR": "127.0.0.1",
            }
        return LocalProcess(
            self._request, archive=self._archive, given=given, log=self._log, fetch=self._fetch
        )

    def _watch(self, main: LocalProcess) -> str | None:
        """Wait for the main process. Return the reason if it was stopped."""
        limit = self._request.deadline
        deadline = None if limit is None else time.monotonic() + limit
        while main.exit_code is None:
            timed_out = deadline is not None and time.monotonic() >= deadline
            if self._cancelled or timed_out:
                for process in self._processes:
                    process.stop()
                return self._cancelled or _TIMED_OUT
            time.sleep(_LOOK_EVERY)
        return None

    def _finish(self, status: Status, reason: str | None) -> None:
        self._progress = replace(self._progress, status=status, reason=reason, stopped=datetime.now(UTC))

    def _change(self, **changes: object) -> None:
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type] # its own fields


@checked_methods
class LocalArrayJob(Job):
    """An array of jobs on this machine.

    Args:
        children: The jobs of the array.
    """

    def __init__(self, children: Sequence[LocalJob]) -> None:
        self._children = children
        self._id = f"local-{uuid.uuid4()}"

    @property
    def id(self) -> str:
        """The id of the array, valid in this process only."""
        return self._id

    @property
    def children(self) -> Sequence[Job]:
        """The jobs of the array, by index."""
        return self._children

    def state(self) -> JobState:
        """Return the common state of all jobs."""
        states = [child.state() for child in self._children]
        finished = all(state.finished for state in states)
        failed = finished and not all(state.succeeded for state in states)
        reason = "Array Child Job failed" if failed else None
        first = states[0]
        return JobState(
            id=self._id,
            name=first.name,
            status="FAILED" if failed else "SUCCEEDED" if finished else "PENDING",
            reason=reason,
            created=first.created,
            started=min((state.started for state in states if state.started), default=None),
            stopped=max((state.stopped for state in states if state.stopped), default=None)
            if finished
            else None,
            size=len(states),
            failure=explain_failure(reason=reason, container_reason=None, exit_code=None) if failed else None,
        )

    def waiting(self) -> Waiting | None:
        """Return why none of the jobs has started; None if one has."""
        reasons = [child.waiting() for child in self._children]
        return None if None in reasons else reasons[0]

    def cancel(self, reason: str = "by request") -> None:
        """Stop all jobs of the array."""
        for child in self._children:
            child.cancel(reason)

    def _lines(self, *, follow: bool) -> Iterator[str]:
        for index, child in enumerate(self._children):
            for line in child.logs(follow=follow):
                yield f"[{index}] {line}"
