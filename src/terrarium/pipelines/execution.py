"""State of an execution and of its steps."""

from datetime import datetime
from typing import Literal, NamedTuple

__all__ = ["Execution", "ExecutionStatus", "StepState"]

ExecutionStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]


class Execution(NamedTuple):
    """One execution of a pipeline.

    Attributes:
        name: Name, unique among the executions of the pipeline.
        pipeline: Name of the pipeline.
        status: Status in Step Functions.
        started: Start time, with a time zone.
        stopped: End time; None while the execution runs.
        resumed: Number of times that it was resumed.
        arn: ARN of the execution.
    """

    name: str
    pipeline: str
    status: ExecutionStatus
    started: datetime
    stopped: datetime | None
    resumed: int
    arn: str

    @property
    def ended(self) -> bool:
        """True if the execution has ended. A failed one can still be resumed."""
        return self.status not in ("RUNNING", "PENDING_REDRIVE")


class StepState(NamedTuple):
    """State of one step of an execution.

    Attributes:
        name: Name of the step.
        status: `WAITING` until the step begins; `SKIPPED` if its conditions did not hold, or there was no drift.
        job: Batch id of its last job; None before the first.
        attempts: Number of jobs.
        reason: Why it failed; None if it did not.
    """

    name: str
    status: Literal["WAITING", "RUNNING", "SUCCEEDED", "FAILED", "SKIPPED"]
    job: str | None = None
    attempts: int = 0
    reason: str | None = None
