"""What can be wrong with a comparison."""

from terrarium.errors import InvalidRequestError, NotInstalledError

__all__ = ["NothingToCompareError", "PlotsNotInstalledError"]


class NothingToCompareError(InvalidRequestError):
    """A comparison takes two runs at least."""


class PlotsNotInstalledError(NotInstalledError):
    """Pictures were asked for, and matplotlib is not there."""
