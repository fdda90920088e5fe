"""Errors of `lab.pipelines`."""

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
    """Raised for a pipeline that can never run, and for parameters that it does not have."""


class PipelineNotDeployedError(NotFoundError):
    """Raised when the environment has no pipeline of this name."""


class PipelineNotPublishedError(NotFoundError):
    """Raised when a pipeline is deployed, but no code was published for its definition."""


class ExecutionNotFoundError(NotFoundError):
    """Raised when a pipeline has no execution of this name."""


class ExecutionNotResumableError(ConflictError):
    """Raised when an execution cannot be resumed: it is running, or has succeeded."""


class ExecutionPendingError(ConflictError):
    """Raised when an execution has not ended within the given time."""


class StepFailedError(FailedError):
    """Raised when a step fails or refuses to continue; the pipeline stops there."""
