"""What has become of an execution, and of each of its steps."""

from datetime import datetime
from typing import Literal, NamedTuple

__all__ = ["Execution", "ExecutionStatus", "StepState"]

ExecutionStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]


class Execution(NamedTuple):
    """One execution of a pipeline.

    Attributes:
        name: Unique among those of the pipeline.
        pipeline: Whose it is.
        status: As Step Functions has it.
        started: When, with a time zone.
        stopped: When; None while it runs.
        resumed: How often.
        arn: Step Functions' own name for it.
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
        """Whether it changes no more, unless it is resumed."""
        return self.status not in ("RUNNING", "PENDING_REDRIVE")


class StepState(NamedTuple):
    """One step of an execution.

    Attributes:
        name: The step.
        status: `WAITING` until it begins; `SKIPPED` where its conditions did not hold, or there was no drift.
        job: Batch's id of its last job; None before it has one.
        attempts: How many jobs it had.
        reason: Why it failed, in words; None unless it did.
    """

    name: str
    status: Literal["WAITING", "RUNNING", "SUCCEEDED", "FAILED", "SKIPPED"]
    job: str | None = None
    attempts: int = 0
    reason: str | None = None
