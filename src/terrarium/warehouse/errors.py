"""What can go wrong between code and the warehouse."""

from terrarium.errors import Error

__all__ = [
    "DatasetNameError",
    "EngineNotInstalledError",
    "QueryCancelledError",
    "QueryFailedError",
    "QueryParameterError",
    "QueryTimeoutError",
    "ScanLimitExceededError",
]


class DatasetNameError(Error):
    """A name that no dataset can have, or a table's that no dataset has."""


class EngineNotInstalledError(Error):
    """What reads and writes tables is not installed here."""


class QueryFailedError(Error):
    """Athena cannot answer a query."""


class QueryCancelledError(Error):
    """Somebody else ended a query."""


class QueryParameterError(Error):
    """A value that has no literal in SQL."""


class QueryTimeoutError(Error):
    """A query took longer than it may, and was cancelled."""


class ScanLimitExceededError(Error):
    """A query would have read more than the workgroup lets any query read."""
