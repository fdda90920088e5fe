"""Errors of deleting artifacts."""

from terrarium.errors import Error

__all__ = ["DeletionIncompleteError"]


class DeletionIncompleteError(Error):
    """S3 did not delete some versions of objects."""
