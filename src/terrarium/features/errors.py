"""What can be wrong with features."""

from terrarium.errors import Error

__all__ = [
    "ConstraintViolatedError",
    "EntityRowsError",
    "FeatureDataError",
    "FeatureDefinitionError",
    "FeatureNotFoundError",
    "OnlineThrottledError",
    "TransformationError",
]


class FeatureDefinitionError(Error):
    """A definition contradicts itself, or another one."""


class FeatureNotFoundError(Error):
    """No feature view, version or feature of that name is registered."""


class FeatureDataError(Error):
    """Data does not have the columns or types that its feature view declares."""


class ConstraintViolatedError(Error):
    """Data breaks what its feature view promises of it."""


class EntityRowsError(Error):
    """Entity rows lack a column, or have one that cannot be matched."""


class TransformationError(Error):
    """An on-demand transformation cannot be found, is another one by now, or returned what it must not."""


class OnlineThrottledError(Error):
    """The online table answers, but not everything that it is asked."""
