"""Errors about the code of a run."""

from terrarium.errors import FailedError, NotFoundError

__all__ = ["CommitNotFoundError", "GitError", "PatchError"]


class CommitNotFoundError(NotFoundError):
    """Neither the local nor the recorded repository has the commit."""


class PatchError(FailedError):
    """The recorded patch was changed, or does not apply to its commit."""


class GitError(FailedError):
    """A git command failed."""
