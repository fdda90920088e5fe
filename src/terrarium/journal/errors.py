"""What can be wrong with a journal."""

from terrarium.errors import InvalidRequestError, UnavailableError

__all__ = ["JournalUnwritableError", "MetricRefusedError"]


class MetricRefusedError(InvalidRequestError):
    """A metric has a name, a value or a step that the database could not hold."""


class JournalUnwritableError(UnavailableError):
    """The journal takes nothing more: the disk is full, read-only or broken."""
