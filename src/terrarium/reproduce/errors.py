"""Errors of reproductions."""

from terrarium.errors import FailedError, InvalidRequestError

__all__ = ["NotConfirmedError", "NotReproducibleError", "RerunFailedError"]


class NotConfirmedError(InvalidRequestError):
    """The user did not confirm that the recorded code may run on this machine."""


class NotReproducibleError(InvalidRequestError):
    """The record lacks data that a reproduction needs."""


class RerunFailedError(FailedError):
    """The entry point was started again and failed, or it recorded no corresponding run."""
