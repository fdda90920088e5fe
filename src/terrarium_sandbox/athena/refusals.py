"""What AWS and Iceberg refuse while a query runs, in Athena's terms."""

import logging

from terrarium_sandbox.athena.task import QueryFailure

__all__ = ["refusal"]

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403"})
_log = logging.getLogger(__name__)


def refusal(error: Exception) -> QueryFailure:
    """The failure of a query that `error` means; what nobody foresaw is logged."""
    from botocore.exceptions import ClientError
    from pyiceberg.exceptions import CommitFailedException

    if isinstance(error, ClientError):
        denied = error.response["Error"]["Code"] in _DENIED
        return QueryFailure("PERMISSION_DENIED" if denied else "GENERIC_INTERNAL_ERROR", str(error))
    if isinstance(error, OSError) and "ACCESS_DENIED" in str(error):
        return QueryFailure("PERMISSION_DENIED", str(error))
    if isinstance(error, CommitFailedException):
        return QueryFailure("ICEBERG_COMMIT_ERROR", f"Failed to commit Iceberg update to table: {error}")
    if isinstance(error, RecursionError):
        return QueryFailure("STACK_OVERFLOW", "statement is too large (stack overflow during analysis)")
    _log.error("nobody foresaw this", exc_info=error)
    return QueryFailure("GENERIC_INTERNAL_ERROR", f"the sandbox failed: {error!r}")
