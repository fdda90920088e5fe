"""Worker processes that run queries: few, started when needed, and kept for the next query."""

import subprocess
import sys
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

import psutil

from terrarium_sandbox.athena.task import Outcome, QueryFailure, QueryTask
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["Worker", "start_worker"]

_MEMORY_SHARE = 4  # a worker has a quarter of the machine's memory at most
_LARGEST_MEMORY_BYTES = 4 << 30


class Worker:
    """A process, and the connection to it."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", line: "Connection[QueryTask, Outcome | QueryFailure]"
    ) -> None:
        self._process = process
        self._line = line

    def run(self, task: QueryTask) -> Outcome:
        """Run a query and return its outcome.

        Raises:
            QueryFailure: The query failed.
            EOFError: The process ended during the query.
        """
        self._line.send(task)
        answer = self._line.recv()
        if isinstance(answer, QueryFailure):
            raise answer
        return answer

    def kill(self) -> None:
        """Kill the process; callers of `run` get an EOFError."""
        self._process.kill()
        self._process.wait()


def start_worker(sandbox: Sandbox) -> Worker:
    """Start a worker, which ends when the sandbox ends."""
    folder = sandbox.home.service_folder("athena")
    ours, theirs = Pipe()
    with theirs, (folder / "workers.log").open("ab") as log:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "terrarium_sandbox.athena.worker",
            str(theirs.fileno()),
            sandbox.endpoint,
            f"{min(psutil.virtual_memory().total // _MEMORY_SHARE, _LARGEST_MEMORY_BYTES) >> 20}MiB",
            folder / "spill",
        ]
        process = sandbox.children.start("athena-worker", command, log=log, pass_fds=[theirs.fileno()])
    return Worker(process, ours)
