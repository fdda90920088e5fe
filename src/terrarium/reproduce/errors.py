"""Why a run cannot be reproduced."""

from terrarium.errors import FailedError, InvalidRequestError

__all__ = ["NotReproducibleError", "RerunFailedError"]


class NotReproducibleError(InvalidRequestError):
    """The record lacks what it takes."""


class RerunFailedError(FailedError):
    """The entry point was started again, and failed, or recorded no run that corresponds."""
