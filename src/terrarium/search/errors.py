"""Errors of run search."""

from terrarium.errors import InvalidRequestError, NotInstalledError

__all__ = ["ComparisonError", "DataFramesNotInstalledError", "SearchTextError"]


class ComparisonError(InvalidRequestError):
    """A field cannot be compared with the given value, or runs cannot be sorted by the given field."""


class SearchTextError(InvalidRequestError):
    """The text is not a valid condition or sort order."""


class DataFramesNotInstalledError(NotInstalledError):
    """The call returns a data frame, and pandas is not installed."""
