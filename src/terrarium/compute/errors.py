"""Errors of jobs."""

from terrarium.errors import ConflictError, FailedError, InvalidRequestError, NotFoundError

__all__ = [
    "CodeNotShippableError",
    "DeadlineError",
    "JobFailedError",
    "JobNotFoundError",
    "JobRequestError",
    "JobStillRunningError",
    "LockInvalidError",
    "PackagesNotProvidedError",
    "PlacementError",
]


class PlacementError(InvalidRequestError):
    """No pool satisfies the request of a job."""


class CodeNotShippableError(InvalidRequestError):
    """The code of a job cannot be uploaded."""


class JobRequestError(InvalidRequestError):
    """The request of a job is invalid."""


class DeadlineError(FailedError):
    """A deadline is shorter than Batch allows."""


class LockInvalidError(InvalidRequestError):
    """The packages of a job are not exact versions."""


class PackagesNotProvidedError(NotFoundError):
    """The packages of a job cannot be installed."""


class JobNotFoundError(NotFoundError):
    """The job does not exist, or does not exist any more."""


class JobStillRunningError(ConflictError):
    """A job has not ended in the given time."""


class JobFailedError(FailedError):
    """A job failed; the error states the reason and a remedy."""
