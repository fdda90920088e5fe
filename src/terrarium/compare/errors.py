"""Errors of comparisons."""

from terrarium.errors import InvalidRequestError, NotFoundError, NotInstalledError

__all__ = ["MetricNotFoundError", "NothingToCompareError", "PlotsNotInstalledError"]


class MetricNotFoundError(NotFoundError):
    """None of the runs has the metric that the ranking needs."""


class NothingToCompareError(InvalidRequestError):
    """Fewer than two runs were given."""


class PlotsNotInstalledError(NotInstalledError):
    """The call draws plots, and matplotlib is not installed."""
