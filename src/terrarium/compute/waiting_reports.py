"""Reports on standard error about a job that a program waits for."""

import sys
import time
from collections.abc import Callable

from terrarium.compute.state import JobState
from terrarium.compute.waiting import Waiting
from terrarium.errors import Error
from terrarium.plain_text import plain_text

__all__ = ["WaitingReports"]

_FIRST = 10.0  # s: most jobs of the sandbox and of this machine have started by then
_LONGEST = 300.0  # s between two lines about the same state


class WaitingReports:
    """Reports about one job: after ten seconds, then at growing intervals, and when its state has changed.

    Args:
        why: Function that returns the reason why the job has not started.
        shown: Whether to report.
        until_started: Whether to report only while the job has not started.
        say: Function that writes a line.
        clock: Function that returns seconds.
    """

    def __init__(
        self,
        why: Callable[[], Waiting | None],
        *,
        shown: bool = True,
        until_started: bool = False,
        say: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._why = why
        self._shown = shown
        self._until_started = until_started
        self._say = say or _to_standard_error
        self._clock = clock
        self._began = clock()
        self._pause = _FIRST
        self._due = self._began + _FIRST
        self._reported: tuple[str, str | None] | None = None

    def see(self, state: JobState) -> None:
        """Report the job's state, if a report is due."""
        if not self._shown or state.finished or (self._until_started and state.status == "RUNNING"):
            return
        now = self._clock()
        changed = self._reported not in (None, (state.status, state.reason))
        if now < self._due and not changed:
            return
        self._reported = (state.status, state.reason)
        self._pause = min(self._pause * 2, _LONGEST)
        self._due = now + self._pause
        self._say(self._line(state, now - self._began))

    def _line(self, state: JobState, seconds: float) -> str:
        line = f"terrarium: job {state.name} ({state.id}) is {state.status} after {_duration(seconds)}"
        try:
            why = self._why()
        except Error:  # a user who follows a job need not be allowed to describe its queue
            why = None
        return line if why is None else f"{line}: {why}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _to_standard_error(line: str) -> None:
    print(plain_text(line), file=sys.stderr, flush=True)
