"""What can be wrong with pipelines and their executions."""

from terrarium.errors import ConflictError, FailedError, InvalidRequestError, NotFoundError

__all__ = [
    "ExecutionNotFoundError",
    "ExecutionNotResumableError",
    "ExecutionPendingError",
    "PipelineInvalidError",
    "PipelineNotDeployedError",
    "PipelineNotPublishedError",
    "StepFailedError",
]


class PipelineInvalidError(InvalidRequestError):
    """A pipeline that could never run."""


class PipelineNotDeployedError(NotFoundError):
    """The environment has no such pipeline."""


class PipelineNotPublishedError(NotFoundError):
    """The pipeline is deployed, and its code was never published."""


class ExecutionNotFoundError(NotFoundError):
    """There is no such execution."""


class ExecutionNotResumableError(ConflictError):
    """It runs, or it has succeeded."""


class ExecutionPendingError(ConflictError):
    """It has not ended within the time given."""


class StepFailedError(FailedError):
    """A step did not do what it should; the pipeline stops there."""
