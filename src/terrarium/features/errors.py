"""What can be wrong with features."""

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
    """A definition contradicts itself, or another one."""


class FeatureNotFoundError(NotFoundError):
    """No feature view, version or feature of that name is registered."""


class FeatureViewHeldError(InvalidRequestError):
    """A feature view is to be deleted that runs have on record."""


class FeatureDataError(InvalidRequestError):
    """Data does not have the columns or types that its feature view declares."""


class FeatureConstraintError(InvalidRequestError):
    """Data breaks what its feature view promises of it."""


class EntityRowsError(InvalidRequestError):
    """Entity rows lack a column, or have one that cannot be matched."""


class TransformationError(FailedError):
    """An on-demand transformation cannot be found, is another one by now, or returned what it must not."""


class OnlineThrottledError(UnavailableError):
    """The online table answers, but not everything that it is asked."""
