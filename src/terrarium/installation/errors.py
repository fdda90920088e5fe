"""Why an environment cannot be made."""

from terrarium.errors import FailedError

__all__ = ["EnvironmentNotMadeError"]


class EnvironmentNotMadeError(FailedError):
    """The interpreter or a package cannot be had."""
