"""Errors of the journal."""

from terrarium.errors import InvalidRequestError, UnavailableError

__all__ = ["JournalUnwritableError", "MetricRefusedError"]


class MetricRefusedError(InvalidRequestError):
    """The database cannot store the name, value or step of a metric."""


class JournalUnwritableError(UnavailableError):
    """The journal cannot be written: the disk is full, read-only or broken."""
