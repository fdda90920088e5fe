"""What is known of a job at one moment."""

from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from terrarium.compute.failures import Failure

__all__ = ["JobState", "Status"]

Status: TypeAlias = Literal["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"]


class JobState(BaseModel):
    """A job at one moment, in Batch's own words.

    Attributes:
        id: Batch's, or the local executor's.
        name: What it was submitted as.
        status: From SUBMITTED to SUCCEEDED or FAILED.
        reason: Why it has that status, or waits, where the executor says so.
        exit_code: Of the last attempt's process.
        attempts: How many have ended.
        created: When it was submitted.
        started: When its last attempt began.
        stopped: When it ended.
        index: Its place in its array.
        size: How many jobs the array has that it is.
        failure: Why it failed, and what to do, in words.
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
        """Whether it has ended."""
        return self.status in ("SUCCEEDED", "FAILED")

    @property
    def succeeded(self) -> bool:
        """Whether it has done what it should."""
        return self.status == "SUCCEEDED"
