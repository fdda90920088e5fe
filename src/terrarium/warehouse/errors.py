"""What can go wrong between code and the warehouse."""

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
    """A name that no dataset can have, or a table's that no dataset has."""


class EngineNotInstalledError(NotInstalledError):
    """What reads and writes tables is not installed here."""


class ForeignFilesError(IntegrityError):
    """The metadata of a table names files that are not the table's own."""


class QueryFailedError(FailedError):
    """Athena cannot answer a query."""


class QueryCancelledError(FailedError):
    """Somebody else ended a query."""


class QueryParameterError(InvalidRequestError):
    """A value that has no literal in SQL."""


class QueryTimeoutError(FailedError):
    """A query took longer than it may, and was cancelled."""


class ScanLimitExceededError(InvalidRequestError):
    """A query would have read more than the workgroup lets any query read."""
