"""What can go wrong with a job."""

from terrarium.errors import Error

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


class PlacementError(Error):
    """No pool has what a job asks for."""


class CodeNotShippableError(Error):
    """The code cannot be sent along with a job."""


class JobRequestError(Error):
    """A job was asked for that no executor could run."""


class DeadlineError(Error):
    """A deadline that Batch does not keep."""


class LockInvalidError(Error):
    """What is named as a job's packages does not say exactly which."""


class PackagesNotProvidedError(Error):
    """A job's packages cannot be had where it runs."""


class JobNotFoundError(Error):
    """There is no such job, or not any more."""


class JobStillRunningError(Error):
    """A job has not ended in the time that somebody waited."""


class JobFailedError(Error):
    """A job failed; the error says why, and what to do."""
