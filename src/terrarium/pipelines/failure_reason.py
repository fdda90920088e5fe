"""Reason why a step failed: as its job stored it, or else as Batch reports it."""

import json
from typing import TYPE_CHECKING

from terrarium.compute.errors import JobNotFoundError
from terrarium.errors import Error
from terrarium.pipelines.artifact_keys import failure_name

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts
    from terrarium.compute.batch.job import BatchJob
    from terrarium.compute.state import JobState
    from terrarium.pipelines.execution import Execution

__all__ = ["find_failure_reason", "store_failure_reason"]


def store_failure_reason(
    artifacts: "Artifacts", error: BaseException, *, pipeline: str, execution: str, job: str
) -> None:
    """Store the reason why a job failed."""
    reason = str(error) if isinstance(error, Error) else f"{type(error).__name__}: {error}"
    artifacts.put_bytes(json.dumps({"reason": reason}).encode(), failure_name(pipeline, execution, job))


def find_failure_reason(artifacts: "Artifacts", execution: "Execution", job: "BatchJob") -> str | None:
    """Return the reason why the job of a step failed; for an array, of its first failed job. None if it is unknown."""
    reason = _stored_reason(artifacts, execution, job.id)
    if reason is not None:
        return reason
    try:
        failed = [child for child in job.child_states() if child.failure] or [job.state()]
    except JobNotFoundError:  # Batch deletes old jobs
        return None
    first, *others = failed
    reason = _stored_reason(artifacts, execution, first.id) or _batch_reason(first)
    if first.index is None or reason is None:
        return reason
    return f"{1 + len(others)} of {len(job.children)} jobs failed, first the one of index {first.index}: {reason}"


def _stored_reason(artifacts: "Artifacts", execution: "Execution", job: str) -> str | None:
    from terrarium.artifacts.errors import ArtifactNotFoundError

    name = failure_name(execution.pipeline, execution.name, job)
    try:
        reason: str = json.loads(artifacts.get_bytes(artifacts.latest(name)))["reason"]
    except ArtifactNotFoundError:
        return None
    return reason


def _batch_reason(state: "JobState") -> str | None:
    return f"{state.failure.problem}\n  -> {state.failure.remedy}" if state.failure else None
