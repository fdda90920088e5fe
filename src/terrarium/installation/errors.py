"""Why an environment cannot be made."""

from terrarium.errors import Error

__all__ = ["EnvironmentNotMadeError"]


class EnvironmentNotMadeError(Error):
    """The interpreter or a package cannot be had."""
