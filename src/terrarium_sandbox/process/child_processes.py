"""Child processes of a sandbox, recorded so that the next sandbox can end those that a killed one left."""

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
        folder: The folder of the records, created with the first one.
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
        """Start a program in a session of its own, and record it.

        Args:
            name: The name for `end`; several children may have the same.
            command: The program and its arguments.
            log: The file for its output.
            stop_signal: The signal that stops it.
            working_folder: Its working directory; that of the sandbox if omitted.
            environment: All its environment variables; those of the sandbox if omitted.
            user: The user id to run it as; that of the sandbox if omitted.
            group: The group id to run it as; that of the sandbox if omitted.
            pass_fds: Open file descriptors that it inherits with the same numbers.
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
        """Record a process that another program has started, for example a daemon.

        Raises:
            ProcessLookupError: It is not running.
        """
        child = _Child(name=name, process=ProcessIdentity.of(pid), stop_signal=stop_signal)
        with atomic_write(self._file(pid)) as file:
            file.write(child.model_dump_json().encode())

    def forget(self, pid: int) -> None:
        """Delete the record of a process that has ended."""
        self._file(pid).unlink(missing_ok=True)

    def running(self, name: str | None = None) -> list[int]:
        """Return the ids of the running children, all or those of one name."""
        return [child.process.pid for child in self._recorded(name) if child.process.find()]

    def end(self, name: str, *, patience_seconds: float = 10) -> list[int]:
        """Stop the children of that name, kill them after `patience_seconds`, and return the ids of those that ran."""
        return self._end(self._recorded(name), patience_seconds)

    def end_all(self, *, patience_seconds: float = 10) -> list[int]:
        """End all recorded children, also those of a sandbox that was killed; return the ids of those that ran."""
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
            except FileNotFoundError:  # another thread has just deleted the record
                continue
            if name is None or child.name == name:
                yield child

    def _file(self, pid: int) -> Path:
        return self._folder / f"{pid}.json"
