"""What can be wrong with a search."""

from terrarium.errors import Error

__all__ = ["ComparisonError", "DataFramesNotInstalledError", "SearchTextError"]


class ComparisonError(Error):
    """A field was compared to, or ranked by, what it cannot be."""


class SearchTextError(Error):
    """A text that is no condition, or no order."""


class DataFramesNotInstalledError(Error):
    """A data frame was asked for, and pandas is not there."""
