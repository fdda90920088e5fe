"""What can keep a project from being made."""

from terrarium.errors import ConflictError, InvalidRequestError

__all__ = ["FolderOccupiedError", "UseCaseNameError"]


class UseCaseNameError(InvalidRequestError):
    """A name of which no package can be made."""


class FolderOccupiedError(ConflictError):
    """Something is where the project was to go."""
