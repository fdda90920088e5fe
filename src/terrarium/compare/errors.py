"""What can be wrong with a comparison."""

from terrarium.errors import Error

__all__ = ["NothingToCompareError", "PlotsNotInstalledError"]


class NothingToCompareError(Error):
    """A comparison takes two runs at least."""


class PlotsNotInstalledError(Error):
    """Pictures were asked for, and matplotlib is not there."""
