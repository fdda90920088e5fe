"""Errors of use cases and records."""

from terrarium.errors import IncompatibleVersionError, IntegrityError, InvalidRequestError, NotFoundError

__all__ = [
    "ContentUnknownError",
    "RecordMissingError",
    "RecordTooNewError",
    "RecordUnreadableError",
    "UseCaseIncompleteError",
]


class UseCaseIncompleteError(InvalidRequestError):
    """The use case lacks a required field, or a field is invalid."""


class RecordMissingError(NotFoundError):
    """The run has no record: `experiment.run` did not start it, or its process ended before the record was written."""


class RecordUnreadableError(IntegrityError):
    """The content of the run's record artifact is not a valid record."""


class RecordTooNewError(IncompatibleVersionError):
    """A newer version of Terrarium wrote the record."""


class ContentUnknownError(NotFoundError):
    """Terrarium cannot compute a digest or a row count of data of this type."""
