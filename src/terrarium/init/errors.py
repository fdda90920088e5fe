"""Errors of `terrarium init`."""

from terrarium.errors import ConflictError, InvalidRequestError

__all__ = ["FolderOccupiedError", "UseCaseNameError"]


class UseCaseNameError(InvalidRequestError):
    """Raised for a name that cannot be the name of a Python package."""


class FolderOccupiedError(ConflictError):
    """Raised when the folder of the project exists and is not empty."""
