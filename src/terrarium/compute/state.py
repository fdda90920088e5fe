"""The state of a job at one moment."""

from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from terrarium.compute.failures import Failure

__all__ = ["JobState", "Status"]

Status: TypeAlias = Literal["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"]


class JobState(BaseModel):
    """The state of a job at one moment, in the terms of Batch.

    Attributes:
        id: Id of the job in Batch, or in the local executor.
        name: Name of the job.
        status: From SUBMITTED to SUCCEEDED or FAILED.
        reason: Reason of the status, if the executor states one.
        exit_code: Exit code of the last attempt.
        attempts: Number of attempts that have ended.
        created: Time of the submission.
        started: Start of the last attempt.
        stopped: End of the job.
        index: Index of the job in its array.
        size: Number of jobs, if the job is an array.
        failure: Reason and remedy of a failure.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    status: Status
    reason: str | None = None
    exit_code: int | None = None
    attempts: int = 0
    created: datetime | None = None
    started: datetime | None = None
    stopped: datetime | None = None
    index: int | None = None
    size: int | None = None
    failure: Failure | None = None

    @property
    def finished(self) -> bool:
        """True if the job has ended."""
        return self.status in ("SUCCEEDED", "FAILED")

    @property
    def succeeded(self) -> bool:
        """True if the job has ended successfully."""
        return self.status == "SUCCEEDED"
