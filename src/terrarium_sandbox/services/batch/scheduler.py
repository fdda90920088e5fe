"""Scheduler: runs each job from its submission to its end."""

import threading
from collections import defaultdict

from moto.batch.models import JobQueue, batch_backends

from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.batch.attempt import Attempt, host_terminated
from terrarium_sandbox.services.batch.corrections import time_limits_of
from terrarium_sandbox.services.batch.descriptions import attempt_of
from terrarium_sandbox.services.batch.job import BEFORE_STARTING, UNDER_WAY, Job
from terrarium_sandbox.services.batch.jobs import Jobs, now
from terrarium_sandbox.services.batch.placement import place
from terrarium_sandbox.services.batch.retries import Outcome
from terrarium_sandbox.services.batch.state_changes import StateChanges

__all__ = ["Scheduler"]

# A machine has few cores, and a pool may have hundreds: more processes than this would slow each other down.
_MOST_PROCESSES = 8
_LOOK_EVERY = 1.0  # s, for time limits; all other events wake it


class Scheduler:
    """One thread that starts jobs, and one thread for each running attempt.

    Args:
        sandbox: The host; its lock of Batch guards the jobs.
        jobs: All jobs.
        changes: Publishes each change of a status.
    """

    def __init__(self, sandbox: Sandbox, jobs: Jobs, changes: StateChanges) -> None:
        self._sandbox = sandbox
        self._jobs = jobs
        self._changes = changes
        self._attempts: dict[str, Attempt] = {}
        self._changed = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._schedule, name="batch scheduler", daemon=True)

    def start(self) -> None:
        """Continue with the saved jobs; those that were running when the sandbox ended have lost their host."""
        with self._sandbox.locks.holding("batch"):
            for job in list(self._jobs):
                if job.status in UNDER_WAY and job.runs:
                    self._end_attempt(job, host_terminated())
        self._thread.start()

    def stop(self) -> None:
        """End all attempts, as if their instances were terminated."""
        self._stopping = True
        self.wake()
        self._thread.join()
        with self._sandbox.locks.holding("batch"):
            under_way = list(self._attempts.values())
        for attempt in under_way:
            attempt.lose_host()
        for attempt in under_way:
            attempt.join()

    def wake(self) -> None:
        """Schedule now, because there are new jobs or changes."""
        self._changed.set()

    def cancel(self, job: Job, reason: str) -> None:
        """Cancel a job that has not started, or the children of an array job that have not started."""
        for one in self._jobs.children(job) or [job]:
            if one.status in BEFORE_STARTING:
                job.ending = reason
                self._finish(one, "FAILED", reason)

    def terminate(self, job: Job, reason: str) -> None:
        """End a job in any status, with all children of an array job."""
        if not job.finished:
            job.ending = reason
        for one in self._jobs.children(job) or [job]:
            if one.status in BEFORE_STARTING:
                self._finish(one, "FAILED", reason)
            elif one.id in self._attempts:
                self._attempts[one.id].end(reason)

    def _schedule(self) -> None:
        while not self._stopping:
            self._changed.clear()
            with self._sandbox.locks.holding("batch"):
                attempts = self._advance()
            for attempt in attempts:
                attempt.start()
            self._changed.wait(_LOOK_EVERY)

    def _advance(self) -> list[Attempt]:
        """Advance each waiting job as far as possible; return the attempts to start."""
        waiting = [job for job in self._jobs if job.runs and job.status in BEFORE_STARTING]
        for job in waiting:
            self._resolve_dependencies(job)
        used, processes = self._under_way()
        starting = []
        no_room: set[str] = set()  # array jobs, whose children are equal
        for job in waiting:
            if job.status != "RUNNABLE" or job.parent in no_room:
                continue
            queue = batch_backends[job.account][job.region].get_job_queue(job.queue)
            if queue is None:
                continue
            placement = place(job, queue, used)
            self._apply_time_limit(job, queue, placement.hopeless)
            if placement.hopeless:
                continue
            fits = not processes or processes + len(job.containers) <= _MOST_PROCESSES
            if placement.environment is None or not fits:
                no_room.add(job.parent or job.id)
                continue
            used[placement.environment] += job.resource("VCPU")
            processes += len(job.containers)
            starting.append(self._begin_attempt(job, placement.environment))
        return starting

    def _resolve_dependencies(self, job: Job) -> None:
        others = list(self._jobs.dependencies(job))
        if any(other.status == "FAILED" for other in others):
            self._finish(job, "FAILED", "Dependent Job failed")
        elif all(other.status == "SUCCEEDED" for other in others):
            self._change(job, "RUNNABLE")
        else:
            self._change(job, "PENDING")

    def _under_way(self) -> tuple[defaultdict[str, float], int]:
        used: defaultdict[str, float] = defaultdict(float)
        processes = 0
        for job in self._jobs:
            if job.status in UNDER_WAY and job.compute_environment:
                used[job.compute_environment] += job.resource("VCPU")
                processes += len(job.containers)
        return used, processes

    def _apply_time_limit(self, job: Job, queue: JobQueue, hopeless: str | None) -> None:
        """End a job that no compute environment can run, after the time limit of its queue."""
        if hopeless is None:
            job.hopeless_since = None
            return
        clock = self._sandbox.clock.now()
        if job.hopeless_since is None:
            job.hopeless_since = clock
            job.status_reason = hopeless
        waited = (clock - job.hopeless_since).total_seconds()
        for limit in time_limits_of(queue):
            if hopeless.startswith(limit["reason"]) and waited >= limit["maxTimeSeconds"]:
                # Source: AWS Batch User Guide, "Jobs stuck in a RUNNABLE status".
                self._finish(
                    job, "FAILED", f"Canceled by JobStateTimeLimit action due to reason: {limit['reason']}"
                )
                return

    def _begin_attempt(self, job: Job, environment: str) -> Attempt:
        job.compute_environment = environment
        job.status_reason = None
        job.started_at = None
        self._change(job, "STARTING")
        attempt = Attempt(self._sandbox, job, begun=self._attempt_begun, ended=self._attempt_ended)
        self._attempts[job.id] = attempt
        return attempt

    def _attempt_begun(self, job: Job) -> None:
        with self._sandbox.locks.holding("batch"):
            job.started_at = now()
            self._change(job, "RUNNING")

    def _attempt_ended(self, job: Job, outcome: Outcome) -> None:
        with self._sandbox.locks.holding("batch"):
            del self._attempts[job.id]
            self._end_attempt(job, outcome)
        self.wake()

    def _end_attempt(self, job: Job, outcome: Outcome) -> None:
        main = job.containers[job.main_node].state
        if outcome.exit_code is not None:
            main["exitCode"] = outcome.exit_code
        if outcome.reason is not None:
            main["reason"] = outcome.reason
        job.attempts.append(attempt_of(job, outcome.status_reason, stopped_at=now()))
        if job.retry.allows_attempt(outcome, attempts=len(job.attempts)):
            job.status_reason = outcome.status_reason
            self._change(job, "RUNNABLE")
        else:
            self._finish(job, "SUCCEEDED" if outcome.succeeded else "FAILED", outcome.status_reason)

    def _finish(self, job: Job, status: str, reason: str) -> None:
        job.status_reason = reason
        job.stopped_at = now()
        self._change(job, status)
        self.wake()  # other jobs may depend on it

    def _change(self, job: Job, status: str) -> None:
        if job.status == status:
            return
        job.status = status
        self._sandbox.touch()
        self._changes.publish(job)
        parent = self._jobs.sibling(job, job.parent) if job.parent else None
        if parent is not None:
            self._follow(parent, job)

    def _follow(self, parent: Job, child: Job) -> None:
        """Set the status of an array job from those of its children."""
        self._change(parent, "PENDING")
        parent.unfinished -= child.finished
        if parent.unfinished:
            return
        children = self._jobs.children(parent)
        parent.started_at = min((child.started_at for child in children if child.started_at), default=None)
        if all(child.status == "SUCCEEDED" for child in children):
            self._finish(parent, "SUCCEEDED", "")
        else:
            self._finish(parent, "FAILED", parent.ending or "Array Child Job failed")
