"""Errors of `lab.warehouse`."""

from terrarium.errors import FailedError, IntegrityError, InvalidRequestError, NotInstalledError

__all__ = [
    "DatasetNameError",
    "EngineNotInstalledError",
    "ForeignFilesError",
    "QueryCancelledError",
    "QueryFailedError",
    "QueryParameterError",
    "QueryTimeoutError",
    "ScanLimitExceededError",
]


class DatasetNameError(InvalidRequestError):
    """Raised for a name that is not valid for a dataset, or a table that is not a dataset's."""


class EngineNotInstalledError(NotInstalledError):
    """Raised when the libraries that read and write tables are not installed."""


class ForeignFilesError(IntegrityError):
    """Raised when the metadata of a table names files outside of the table's folder."""


class QueryFailedError(FailedError):
    """Raised when Athena cannot run a query."""


class QueryCancelledError(FailedError):
    """Another client cancelled the query."""


class QueryParameterError(InvalidRequestError):
    """Raised for a value that cannot be written as an SQL literal."""


class QueryTimeoutError(FailedError):
    """Raised when a query took longer than its timeout, and was cancelled."""


class ScanLimitExceededError(InvalidRequestError):
    """Raised when a query would read more data than the workgroup allows."""
