"""Process of a container: start, output, and end with all its descendants."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil

from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.batch.devices import missing_device
from terrarium_sandbox.services.batch.images import ImageNotFoundError, notice_of
from terrarium_sandbox.services.batch.job import Job
from terrarium_sandbox.services.batch.log_stream import LogStream
from terrarium_sandbox.services.batch.variables import ContainerNotStartedError, variables_of

__all__ = ["ContainerProcess"]

_CHUNK = 65536
_LOOK_AT_MEMORY_EVERY = 1.0  # s
_MIB = 2**20


class ContainerProcess:
    """The process of one container; used by one thread.

    Args:
        sandbox: The host.
        job: The job of the container.
        node: The index of the container.
        log: Receives the output.
        folder: Its working directory; deleted when it is closed.

    Raises:
        ContainerNotStartedError: ECS could not start it.
    """

    def __init__(self, sandbox: Sandbox, job: Job, node: int, *, log: LogStream, folder: Path) -> None:
        self._sandbox = sandbox
        self._log = log
        self._folder = folder
        self._memory = job.containers[node].resource("MEMORY") * _MIB
        self._looked_at_memory = time.monotonic()
        self._name = f"batch-{job.id}-{node}"
        self.out_of_memory = False
        if device := missing_device(job, node):
            # Docker's message (moby, "error gathering device information").
            raise ContainerNotStartedError(
                "CannotStartContainerError: Error response from daemon: error gathering device information while "
                f'adding custom device "{device}": no such file or directory'
            )
        try:
            variables = variables_of(sandbox, job, node)
        except ImageNotFoundError as error:
            raise ContainerNotStartedError(str(error)) from error
        if notice := notice_of(job.containers[node].properties["image"]):
            log.write(f"{notice}\n".encode())
        self._process, self._output = self._start(_command(job, node), variables)

    @property
    def exit_code(self) -> int | None:
        """The exit code, as a shell reports it; None while it is running."""
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def listen(self) -> bool:
        """Read new output; return whether more may follow."""
        try:
            while chunk := os.read(self._output, _CHUNK):
                self._log.write(chunk)
        except BlockingIOError:
            self._log.flush()
            return True
        self._log.flush()
        return False

    def fileno(self) -> int:
        """Return the file descriptor for `select`."""
        return self._output

    def check_memory(self) -> None:
        """Kill it if it uses more memory than its container has."""
        if not self._memory or time.monotonic() - self._looked_at_memory < _LOOK_AT_MEMORY_EVERY:
            return
        self._looked_at_memory = time.monotonic()
        if _resident(self._process.pid) > self._memory:
            self.out_of_memory = True
            self.kill()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the main process, as Docker does."""
        if self.exit_code is None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the whole process group: a container ends with its main process."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # the group has no process left
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill remaining processes, write the last output to the log, and delete the folder."""
        self.kill()
        self._process.wait()
        self.listen()
        os.close(self._output)
        self._log.flush(now=True)
        self._sandbox.children.forget(self._process.pid)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, command: list[str], variables: dict[str, str]) -> "tuple[subprocess.Popen[bytes], int]":
        home, temporary = self._folder / "home", self._folder / "tmp"
        for folder in (home, temporary):
            folder.mkdir(parents=True)
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        try:
            with os.fdopen(writer, "wb") as output:
                process = self._sandbox.children.start(
                    self._name,
                    command,
                    log=output,
                    stop_signal=signal.SIGKILL,
                    working_folder=self._folder,
                    environment={**variables, "HOME": str(home), "TMPDIR": str(temporary)},
                )
        except OSError as error:
            os.close(reader)
            shutil.rmtree(self._folder, ignore_errors=True)
            raise ContainerNotStartedError(
                f"CannotStartContainerError: Error response from daemon: failed to create shim task: "
                f'exec: "{command[0]}": {error.strerror}'
            ) from error
        return process, reader


def _command(job: Job, node: int) -> list[str]:
    """Return the command, with `Ref::name` replaced by the parameter of that name."""
    command = list(map(str, job.containers[node].properties.get("command") or ["true"]))
    for name in sorted(job.parameters, key=len, reverse=True):
        command = [part.replace(f"Ref::{name}", job.parameters[name]) for part in command]
    return command


def _resident(pid: int) -> int:
    """Return the resident memory of a process and its descendants in bytes."""
    try:
        process = psutil.Process(pid)
        members = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for member in members:
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
