"""Attempt of a job: its processes from start to end."""

import json
import logging
import secrets
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.batch.container_process import ContainerProcess
from terrarium_sandbox.services.batch.job import Container, Job
from terrarium_sandbox.services.batch.log_stream import open_log_stream
from terrarium_sandbox.services.batch.retries import Outcome
from terrarium_sandbox.services.batch.variables import ContainerNotStartedError

__all__ = ["Attempt", "host_terminated"]

_LOOK_EVERY = 0.1  # s
_STOP_SECONDS = 30.0  # between SIGTERM and SIGKILL, as in ECS
_TIMED_OUT = "Job attempt duration exceeded timeout"
_ENDED = "Essential container in task exited"
_NOT_STARTED = "Task failed to start"
# Batch runs a job with RunTask of ECS, which refuses longer overrides, counted as JSON (Amazon ECS API,
# RunTask, overrides). The job fails with this reason (Netflix/metaflow issue 1482, ASFHyP3/hyp3 issue 3041).
_LONGEST_OVERRIDES = 8192  # characters

_log = logging.getLogger(__name__)


def _overrides_length(container: Container) -> int:
    """Return the minimum length of the overrides that Batch sends to ECS: it also adds variables."""
    overrides = vars(container).get("overrides")  # containers of older states have none
    return len(json.dumps({"containerOverrides": [overrides]}, separators=(",", ":"))) if overrides else 0


@dataclass(frozen=True)
class _Ending:
    reason: str
    at_once: bool = False  # the instance is gone: the processes are killed at once


def host_terminated() -> Outcome:
    """Return the outcome of an attempt whose instance was terminated."""
    return Outcome(f"Host EC2 (instance i-{secrets.token_hex(8)}1) terminated.")


class Attempt(threading.Thread):
    """Runs the containers of a job, in a thread of its own.

    Args:
        sandbox: The host.
        job: The job, STARTING.
        begun: Called when the containers are running.
        ended: Called with the outcome at the end.
        stop_seconds: The time that processes have to end after SIGTERM.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        job: Job,
        *,
        begun: Callable[[Job], None],
        ended: Callable[[Job, Outcome], None],
        stop_seconds: float = _STOP_SECONDS,
    ) -> None:
        super().__init__(name=f"batch {job.id}", daemon=True)
        self._sandbox = sandbox
        self._job = job
        self._begun = begun
        self._ended = ended
        self._stop_seconds = stop_seconds
        self._ending: _Ending | None = None
        self._processes: list[ContainerProcess] = []

    def end(self, reason: str) -> None:
        """Stop the processes because the job is cancelled or terminated."""
        self._ending = self._ending or _Ending(reason)

    def lose_host(self) -> None:
        """Kill the processes at once, as if their instance were terminated."""
        self._ending = _Ending("", at_once=True)

    def run(self) -> None:
        """Start the processes, watch them, clean up, and report the outcome."""
        try:
            outcome = self._attempt_and_clean_up()
        except Exception as error:  # noqa: BLE001 - otherwise the job would run without end
            _log.exception("job %s could not be run", self._job.id)
            outcome = Outcome(_NOT_STARTED, reason=f"the sandbox failed: {error!r}")
        self._ended(self._job, outcome)

    def _attempt_and_clean_up(self) -> Outcome:
        try:
            return self._attempt()
        finally:
            for process in self._processes:
                process.close()

    def _attempt(self) -> Outcome:
        if any(_overrides_length(container) > _LONGEST_OVERRIDES for container in self._job.containers):
            return Outcome(f"Container Overrides length must be at most {_LONGEST_OVERRIDES}", final=True)
        try:
            for node in range(len(self._job.containers)):
                self._processes.append(self._start(node))
        except ContainerNotStartedError as error:
            return Outcome(_NOT_STARTED, reason=str(error))
        self._begun(self._job)
        return self._watch()

    def _start(self, node: int) -> ContainerProcess:
        job, container = self._job, self._job.containers[node]
        task = secrets.token_hex(16)
        container.state = _arns(job, task)
        log = open_log_stream(
            self._sandbox,
            job.account,
            job.region,
            configuration=container.properties.get("logConfiguration") or {},
            definition=job.definition.rpartition("/")[2].partition(":")[0],
            task=task,
        )
        container.state["logStreamName"] = log.name
        folder = self._sandbox.home.service_folder("batch") / task
        return ContainerProcess(self._sandbox, job, node, log=log, folder=folder)

    def _watch(self) -> Outcome:
        main = self._processes[self._job.main_node]
        clock = self._sandbox.clock
        deadline = clock.now() + timedelta(seconds=self._job.timeout) if self._job.timeout else None
        stop_requested: float | None = None
        open_ends = list(self._processes)
        while main.exit_code is None:
            self._listen(open_ends)
            if deadline is not None and clock.now() >= deadline:
                self._ending = self._ending or _Ending(_TIMED_OUT)
            if self._ending:
                stop_requested = stop_requested or self._request_stop()
                if self._ending.at_once or time.monotonic() - stop_requested >= self._stop_seconds:
                    self._kill_all()
            for process in self._processes:
                process.check_memory()
        return self._outcome(main, stopped=stop_requested is not None)

    def _listen(self, open_ends: list[ContainerProcess]) -> None:
        # A process that has closed its output is about to end.
        select.select(open_ends, [], [], _LOOK_EVERY if open_ends else _LOOK_EVERY / 10)
        open_ends[:] = [process for process in open_ends if process.listen()]

    def _request_stop(self) -> float:
        for process in self._processes:
            process.ask_to_stop()
        return time.monotonic()

    def _kill_all(self) -> None:
        for process in self._processes:
            process.kill()

    def _outcome(self, main: ContainerProcess, *, stopped: bool) -> Outcome:
        for container, process in zip(self._job.containers, self._processes, strict=True):
            if process.exit_code is not None:
                container.state["exitCode"] = process.exit_code
        if stopped and self._ending and self._ending.at_once:
            return host_terminated()
        if stopped and self._ending:
            return Outcome(self._ending.reason, exit_code=main.exit_code, final=True)
        reason = "OutOfMemoryError: Container killed due to memory usage" if main.out_of_memory else None
        return Outcome(_ENDED, exit_code=main.exit_code, reason=reason)


def _arns(job: Job, task: str) -> dict[str, Any]:
    cluster = f"AWSBatch-{(job.compute_environment or '').rpartition('/')[2]}"
    ecs = f"arn:aws:ecs:{job.region}:{job.account}"
    return {
        "containerInstanceArn": f"{ecs}:container-instance/{cluster}/{secrets.token_hex(16)}",
        "taskArn": f"{ecs}:task/{cluster}/{task}",
    }
