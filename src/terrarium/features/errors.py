"""Errors of `lab.features`."""

from terrarium.errors import FailedError, InvalidRequestError, NotFoundError, UnavailableError

__all__ = [
    "EntityRowsError",
    "FeatureConstraintError",
    "FeatureDataError",
    "FeatureDefinitionError",
    "FeatureNotFoundError",
    "FeatureViewHeldError",
    "OnlineThrottledError",
    "TransformationError",
]


class FeatureDefinitionError(InvalidRequestError):
    """Raised when a definition contradicts itself or another definition."""


class FeatureNotFoundError(NotFoundError):
    """Raised when no feature view, version or feature of that name is registered."""


class FeatureViewHeldError(InvalidRequestError):
    """Raised when a view that runs have on record would be deleted."""


class FeatureDataError(InvalidRequestError):
    """Raised when data lacks columns of its feature view, or has other types."""


class FeatureConstraintError(InvalidRequestError):
    """Raised when rows violate the constraints of their feature view."""


class EntityRowsError(InvalidRequestError):
    """Raised when entity rows lack a column, or have one that cannot be matched."""


class TransformationError(FailedError):
    """Raised when an on-demand function cannot be found, was changed, or returned an invalid result."""


class OnlineThrottledError(UnavailableError):
    """Raised when the online table did not return all requested items within all attempts."""
