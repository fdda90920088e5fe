"""Errors of garbage collection."""

from terrarium.errors import ConflictError

__all__ = ["DeletionIncompleteError"]


class DeletionIncompleteError(ConflictError):
    """Raised when S3 did not delete some versions of objects."""
