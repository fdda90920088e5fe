"""Identities of processes: id and start time, because another process may get the same id later."""

import signal
import time
from collections.abc import Iterable

import psutil
from pydantic import BaseModel, ConfigDict

__all__ = ["ProcessIdentity", "end_processes", "wait_for_end"]

# The start time of a process is computed from the boot time, which changes when the clock is set.
_CLOCK_TOLERANCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.02


class ProcessIdentity(BaseModel):
    """A process id, and the start time of the process in seconds since the epoch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity":
        """Return the identity of a running process.

        Raises:
            ProcessLookupError: There is no such process.
        """
        try:
            return cls(pid=pid, started=psutil.Process(pid).create_time())
        except psutil.NoSuchProcess as error:
            raise ProcessLookupError(pid) from error

    def find(self) -> psutil.Process | None:
        """Return the process, if it is still running."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _CLOCK_TOLERANCE_SECONDS
        except psutil.NoSuchProcess:
            return None
        return process if same and _runs(process) else None


def end_processes(
    processes: Iterable[psutil.Process], *, stop_signal: signal.Signals, patience_seconds: float
) -> None:
    """Signal processes to stop, wait, and kill those that remain, with their descendants."""
    signalled = list(processes)
    descendants = [member for process in signalled for member in _descendants(process)]
    for process in signalled:
        _send(process, stop_signal)
    remaining = wait_for_end(signalled, patience_seconds=patience_seconds)
    for process in (*remaining, *descendants):
        _send(process, signal.SIGKILL)
    wait_for_end((*remaining, *descendants), patience_seconds=patience_seconds)


def wait_for_end(processes: Iterable[psutil.Process], *, patience_seconds: float) -> list[psutil.Process]:
    """Wait until processes have ended; return those that have not within `patience_seconds`.

    A zombie has ended: its parent may read the exit status late, or never.
    """
    deadline = time.monotonic() + patience_seconds
    left = [process for process in processes if _runs(process)]
    while left and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
        left = [process for process in left if _runs(process)]
    return left


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
