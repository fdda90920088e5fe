"""Why a run cannot be reproduced."""

from terrarium.errors import Error

__all__ = ["NotReproducibleError", "RerunFailedError"]


class NotReproducibleError(Error):
    """The record lacks what it takes."""


class RerunFailedError(Error):
    """The entry point was started again, and failed, or recorded no run that corresponds."""
