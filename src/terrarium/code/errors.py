"""What can be wrong with the code of a run."""

from terrarium.errors import Error

__all__ = ["CommitNotFoundError", "GitError", "PatchError"]


class CommitNotFoundError(Error):
    """Neither the repository here nor the one on record holds the commit."""


class PatchError(Error):
    """The recorded patch is not what was recorded, or does not apply to its commit."""


class GitError(Error):
    """Git could not do what it was asked to."""
