"""`Job`: the interface to a submitted job, in AWS Batch or on this machine."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from terrarium.arguments import Seconds, checked_methods
from terrarium.compute.errors import JobFailedError, JobStillRunningError
from terrarium.compute.state import JobState, Status
from terrarium.compute.waiting import Waiting
from terrarium.compute.waiting_reports import WaitingReports

__all__ = ["Job", "sleeping_longer"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0  # s


@checked_methods
class Job(ABC):
    """A job, returned by `submit` and by `lab.compute.job(id)`.

    An array is a job too: `children` are the jobs in it, and its log is the logs of all of them.
    """

    @property
    @abstractmethod
    def id(self) -> str:
        """The id of the job."""

    @property
    @abstractmethod
    def children(self) -> "Sequence[Job]":
        """The jobs of an array, by index; empty for other jobs."""

    @abstractmethod
    def state(self) -> JobState:
        """Return the current state.

        Raises:
            JobNotFoundError: The job does not exist.
        """

    @abstractmethod
    def waiting(self) -> Waiting | None:
        """Return why the job has not started: its reason, a remedy, and whether it can start at all.

        Returns:
            None if the job has started or ended.
        """

    @abstractmethod
    def cancel(self, reason: str = "by request") -> None:
        """Stop the job and its processes, whether it waits or runs; for an array, stop all jobs."""

    @abstractmethod
    def _lines(self, *, follow: bool) -> Iterator[str]:
        """Yield the lines of the log."""

    def status(self) -> Status:
        """Return SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED or FAILED."""
        return self.state().status

    @property
    def exit_code(self) -> int | None:
        """The exit code of the last attempt; None until it has ended."""
        return self.state().exit_code

    def logs(self, *, follow: bool = False) -> Iterator[str]:
        """Yield the lines of the log, of every attempt.

        Args:
            follow: Whether to yield new lines until the job has ended.

        Example:
            >>> for line in job.logs(follow=True):
            ...     print(line)
        """
        return self._lines(follow=follow)

    def wait(self, *, seconds: Seconds | None = None, progress: bool = True) -> JobState:
        """Wait until the job has ended, and return its state.

        While it waits, its state, and why it has not started, are written to standard error: after ten seconds, and
        then at intervals that grow to five minutes.

        Args:
            seconds: The longest time to wait; by default, no limit.
            progress: Whether to write to standard error.

        Raises:
            JobStillRunningError: The job has not ended in that time. It continues.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        reports = WaitingReports(self.waiting, shown=progress)
        for _ in sleeping_longer():
            state = self.state()
            if state.finished:
                return state
            if deadline is not None and time.monotonic() >= deadline:
                why = self.waiting()
                raise JobStillRunningError(
                    f"job {self.id} is {state.status} after {seconds} s"
                    + (f": {why.problem}" if why is not None else ""),
                    remedy=why.remedy
                    if why is not None and why.remedy
                    else "wait again, look at its log, or cancel it: job.cancel()",
                )
            reports.see(state)
        raise AssertionError  # for the type checker: the pauses never end

    def result(self, *, seconds: Seconds | None = None, progress: bool = True) -> JobState:
        """Wait until the job has succeeded, as `wait` does, and return its state.

        Raises:
            JobFailedError: The job failed; the error states the reason and a remedy.
            JobStillRunningError: The job has not ended in that time.

        Example:
            >>> job.result(seconds=3600).exit_code
            0
        """
        state = self.wait(seconds=seconds, progress=progress)
        if state.failure is not None:
            raise JobFailedError(
                f"job {state.name!r} ({self.id}) failed: {state.failure.problem}", remedy=state.failure.remedy
            )
        return state

    def results(self, *, seconds: Seconds | None = None, progress: bool = True) -> tuple[JobState, ...]:
        """Wait until the job has ended; return the state of each job of the array by its index, or its own."""
        state = self.wait(seconds=seconds, progress=progress)
        return tuple(child.state() for child in self.children) or (state,)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


def sleeping_longer() -> Iterator[None]:
    """Yield without end, with pauses that grow from 0.2 s to 5 s."""
    pause = _FIRST_PAUSE
    while True:
        yield
        time.sleep(pause)
        pause = min(pause * 1.2, _LONGEST_PAUSE)
