"""Errors of deleting artifacts."""

from terrarium.errors import ConflictError

__all__ = ["DeletionIncompleteError"]


class DeletionIncompleteError(ConflictError):
    """S3 did not delete some versions of objects."""
