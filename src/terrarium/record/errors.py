"""What can be wrong with use cases and records."""

from terrarium.errors import IncompatibleVersionError, InvalidRequestError, NotFoundError

__all__ = ["ContentUnknownError", "RecordMissingError", "RecordTooNewError", "UseCaseIncompleteError"]


class UseCaseIncompleteError(InvalidRequestError):
    """Experiments were to start before their use case is well defined."""


class RecordMissingError(NotFoundError):
    """The run has no record: it was not made by `experiment.run`, or died before it began."""


class RecordTooNewError(IncompatibleVersionError):
    """The record was written by a newer Terrarium than this one."""


class ContentUnknownError(NotFoundError):
    """Terrarium does not know how to digest this kind of data."""
