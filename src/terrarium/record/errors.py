"""What can be wrong with use cases and records."""

from terrarium.errors import IncompatibleVersionError, IntegrityError, InvalidRequestError, NotFoundError

__all__ = [
    "ContentUnknownError",
    "RecordMissingError",
    "RecordTooNewError",
    "RecordUnreadableError",
    "UseCaseIncompleteError",
]


class UseCaseIncompleteError(InvalidRequestError):
    """Experiments were to start before their use case is well defined."""


class RecordMissingError(NotFoundError):
    """The run has no record: it was not made by `experiment.run`, or died before it began."""


class RecordUnreadableError(IntegrityError):
    """What lies where the record of a run should is not a record."""


class RecordTooNewError(IncompatibleVersionError):
    """The record was written by a newer Terrarium than this one."""


class ContentUnknownError(NotFoundError):
    """Terrarium does not know how to digest this kind of data."""
