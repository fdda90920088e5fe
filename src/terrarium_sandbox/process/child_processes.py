"""The processes a sandbox has started, on record, so that the next one can end what a killed one left."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict

from terrarium.io.atomic_write import atomic_write
from terrarium_sandbox.process.processes import ProcessIdentity, end_processes

__all__ = ["Children"]


class _Child(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    process: ProcessIdentity
    stop_signal: signal.Signals


class Children:
    """A folder with one record per child process.

    Args:
        folder: Where the records are; made when the first child is recorded.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: IO[bytes],
        stop_signal: signal.Signals = signal.SIGTERM,
        working_folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        user: int | None = None,
        group: int | None = None,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a program, apart from the sandbox's terminal, and put it on record.

        Args:
            name: What `end` knows it by; several children may share one.
            command: The program and its arguments.
            log: Where its output goes.
            stop_signal: What asks it to stop.
            working_folder: Where it runs; the sandbox's own folder if omitted.
            environment: Its whole environment; the sandbox's own if omitted.
            user: The user id to run it as; the sandbox's own if omitted.
            group: The group id to run it as; the sandbox's own if omitted.
            pass_fds: Open file descriptors that it gets, by the same numbers.
        """
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=working_folder,
            env=environment,
            user=user,
            group=group,
            extra_groups=None if group is None else [],
            pass_fds=pass_fds,
            start_new_session=True,
        )
        self.record(name, process.pid, stop_signal=stop_signal)
        return process

    def record(self, name: str, pid: int, *, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        """Put a process that something else has started (a daemon, say) on record.

        Raises:
            ProcessLookupError: It does not run.
        """
        child = _Child(name=name, process=ProcessIdentity.of(pid), stop_signal=stop_signal)
        with atomic_write(self._file(pid)) as file:
            file.write(child.model_dump_json().encode())

    def forget(self, pid: int) -> None:
        """Take a process that has ended off the record."""
        self._file(pid).unlink(missing_ok=True)

    def running(self, name: str | None = None) -> list[int]:
        """The process ids of the children (of that name) that still run."""
        return [child.process.pid for child in self._recorded(name) if child.process.find()]

    def end(self, name: str, *, patience_seconds: float = 10) -> list[int]:
        """End the children of that name: asked first, killed after `patience_seconds`; which ones ran."""
        return self._end(self._recorded(name), patience_seconds)

    def end_all(self, *, patience_seconds: float = 10) -> list[int]:
        """End every child on record, also those of a sandbox that was killed; which ones ran."""
        return self._end(self._recorded(None), patience_seconds)

    def _end(self, children: Iterator[_Child], patience_seconds: float) -> list[int]:
        ended = []
        for child in children:
            process = child.process.find()
            if process is not None:
                ended.append(process.pid)
                end_processes([process], stop_signal=child.stop_signal, patience_seconds=patience_seconds)
            self._file(child.process.pid).unlink(missing_ok=True)
        return ended

    def _recorded(self, name: str | None) -> Iterator[_Child]:
        for file in sorted(self._folder.glob("*.json")):
            try:
                child = _Child.model_validate_json(file.read_bytes())
            except FileNotFoundError:  # another thread has just taken it off the record
                continue
            if name is None or child.name == name:
                yield child

    def _file(self, pid: int) -> Path:
        return self._folder / f"{pid}.json"
