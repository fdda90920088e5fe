"""What can keep a project from being made."""

from terrarium.errors import Error

__all__ = ["FolderOccupiedError", "UseCaseNameError"]


class UseCaseNameError(Error):
    """A name of which no package can be made."""


class FolderOccupiedError(Error):
    """Something is where the project was to go."""
