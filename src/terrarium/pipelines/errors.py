"""What can be wrong with pipelines and their executions."""

from terrarium.errors import Error

__all__ = [
    "ExecutionNotFoundError",
    "ExecutionNotResumableError",
    "ExecutionPendingError",
    "PipelineInvalidError",
    "PipelineNotDeployedError",
    "PipelineNotPublishedError",
    "StepFailedError",
]


class PipelineInvalidError(Error):
    """A pipeline that could never run."""


class PipelineNotDeployedError(Error):
    """The environment has no such pipeline."""


class PipelineNotPublishedError(Error):
    """The pipeline is deployed, and its code was never published."""


class ExecutionNotFoundError(Error):
    """There is no such execution."""


class ExecutionNotResumableError(Error):
    """It runs, or it has succeeded."""


class ExecutionPendingError(Error):
    """It has not ended within the time given."""


class StepFailedError(Error):
    """A step did not do what it should; the pipeline stops there."""
