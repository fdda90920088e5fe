"""Processes that are known again later: a process id alone may by then belong to another."""

import signal
from collections.abc import Iterable

import psutil
from pydantic import BaseModel, ConfigDict

__all__ = ["ProcessIdentity", "end_processes"]

# The start of a process is computed from the machine's boot time, which moves when the clock is set.
_CLOCK_TOLERANCE_SECONDS = 5.0


class ProcessIdentity(BaseModel):
    """A process id together with the moment that process started, in seconds since the epoch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity":
        """The identity of a running process.

        Raises:
            ProcessLookupError: There is no such process.
        """
        try:
            return cls(pid=pid, started=psutil.Process(pid).create_time())
        except psutil.NoSuchProcess as error:
            raise ProcessLookupError(pid) from error

    def find(self) -> psutil.Process | None:
        """The process, if it still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _CLOCK_TOLERANCE_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def end_processes(
    processes: Iterable[psutil.Process], *, stop_signal: signal.Signals, patience_seconds: float
) -> None:
    """Ask processes to stop, wait, and kill what is left, their descendants included."""
    asked = list(processes)
    families = [member for process in asked for member in (process, *_descendants(process))]
    for process in asked:
        _send(process, stop_signal)
    _, stubborn = psutil.wait_procs(families, timeout=patience_seconds)
    for process in stubborn:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=patience_seconds)


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
