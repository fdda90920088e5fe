"""What can be wrong with a search."""

from terrarium.errors import InvalidRequestError, NotInstalledError

__all__ = ["ComparisonError", "DataFramesNotInstalledError", "SearchTextError"]


class ComparisonError(InvalidRequestError):
    """A field was compared to, or ranked by, what it cannot be."""


class SearchTextError(InvalidRequestError):
    """A text that is no condition, or no order."""


class DataFramesNotInstalledError(NotInstalledError):
    """A data frame was asked for, and pandas is not there."""
