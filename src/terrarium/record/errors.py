"""What can be wrong with use cases and records."""

from terrarium.errors import Error

__all__ = ["ContentUnknownError", "RecordMissingError", "RecordTooNewError", "UseCaseIncompleteError"]


class UseCaseIncompleteError(Error):
    """Experiments were to start before their use case is well defined."""


class RecordMissingError(Error):
    """The run has no record: it was not made by `experiment.run`, or died before it began."""


class RecordTooNewError(Error):
    """The record was written by a newer Terrarium than this one."""


class ContentUnknownError(Error):
    """Terrarium does not know how to digest this kind of data."""
