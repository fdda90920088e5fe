"""What can go wrong with a job."""

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
    """No pool has what a job asks for."""


class CodeNotShippableError(InvalidRequestError):
    """The code cannot be sent along with a job."""


class JobRequestError(InvalidRequestError):
    """A job was asked for that no executor could run."""


class DeadlineError(FailedError):
    """A deadline that Batch does not keep."""


class LockInvalidError(InvalidRequestError):
    """What is named as a job's packages does not say exactly which."""


class PackagesNotProvidedError(NotFoundError):
    """A job's packages cannot be had where it runs."""


class JobNotFoundError(NotFoundError):
    """There is no such job, or not any more."""


class JobStillRunningError(ConflictError):
    """A job has not ended in the time that somebody waited."""


class JobFailedError(FailedError):
    """A job failed; the error says why, and what to do."""
