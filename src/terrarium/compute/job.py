"""`Job`: follow what was submitted, wherever it runs."""

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
    """A job; made by `submit`, or by `lab.compute.job(id)`.

    An array job is one, too: `children` are the jobs in it, and its own log is all of theirs.
    """

    @property
    @abstractmethod
    def id(self) -> str:
        """What it is known by."""

    @property
    @abstractmethod
    def children(self) -> "Sequence[Job]":
        """The jobs of an array, by their index; of others, none."""

    @abstractmethod
    def state(self) -> JobState:
        """What is known of it now.

        Raises:
            JobNotFoundError: There is no such job.
        """

    @abstractmethod
    def waiting(self) -> Waiting | None:
        """Return why the job has not started: its reason, a remedy, and whether it can start at all.

        Returns:
            None if the job has started or ended.
        """

    @abstractmethod
    def cancel(self, reason: str = "by request") -> None:
        """End it, whether it waits or runs, with everything it has started; of an array, all jobs."""

    @abstractmethod
    def _lines(self, *, follow: bool) -> Iterator[str]:
        """What it says."""

    def status(self) -> Status:
        """From SUBMITTED over PENDING, RUNNABLE, STARTING, RUNNING to SUCCEEDED or FAILED."""
        return self.state().status

    @property
    def exit_code(self) -> int | None:
        """Of its (last) process; None before it has ended."""
        return self.state().exit_code

    def logs(self, *, follow: bool = False) -> Iterator[str]:
        """What it has said, line by line, of every attempt.

        Args:
            follow: Whether to go on until it has ended.
        """
        return self._lines(follow=follow)

    def wait(self, *, seconds: Seconds | None = None, progress: bool = True) -> JobState:
        """Wait until the job has ended, and return its state.

        While it waits, its state, and why it has not started, are written to standard error: after ten seconds, and
        then at intervals that grow to five minutes.

        Args:
            seconds: How long at most; omitted, as long as it takes.
            progress: Whether to write to standard error.

        Raises:
            JobStillRunningError: It has not ended by then. It goes on.
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
            JobFailedError: It failed; the error says why, and what to do.
            JobStillRunningError: It has not ended in that time.
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
    """Goes on for ever, with pauses that grow from a fifth of a second to five seconds."""
    pause = _FIRST_PAUSE
    while True:
        yield
        time.sleep(pause)
        pause = min(pause * 1.2, _LONGEST_PAUSE)
