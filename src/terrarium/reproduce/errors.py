"""Errors of reproductions."""

from terrarium.errors import FailedError, InvalidRequestError

__all__ = ["NotConfirmedError", "NotReproducibleError", "RerunFailedError"]


class NotConfirmedError(InvalidRequestError):
    """Nobody confirmed that the recorded code may run here."""


class NotReproducibleError(InvalidRequestError):
    """The record lacks what it takes."""


class RerunFailedError(FailedError):
    """The entry point was started again, and failed, or recorded no run that corresponds."""
