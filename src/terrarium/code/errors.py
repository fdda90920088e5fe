"""What can be wrong with the code of a run."""

from terrarium.errors import FailedError, NotFoundError

__all__ = ["CommitNotFoundError", "GitError", "PatchError"]


class CommitNotFoundError(NotFoundError):
    """Neither the repository here nor the one on record holds the commit."""


class PatchError(FailedError):
    """The recorded patch is not what was recorded, or does not apply to its commit."""


class GitError(FailedError):
    """Git could not do what it was asked to."""
