"""What can be wrong with a comparison."""

from terrarium.errors import InvalidRequestError, NotFoundError, NotInstalledError

__all__ = ["MetricNotFoundError", "NothingToCompareError", "PlotsNotInstalledError"]


class MetricNotFoundError(NotFoundError):
    """Runs are to be ranked by a metric that none of them has."""


class NothingToCompareError(InvalidRequestError):
    """A comparison takes two runs at least."""


class PlotsNotInstalledError(NotInstalledError):
    """Pictures were asked for, and matplotlib is not there."""
