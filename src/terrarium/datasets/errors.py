"""Errors of `lab.datasets`."""

from terrarium.errors import ConflictError, InvalidRequestError, NotFoundError, NotInstalledError

__all__ = [
    "ConstraintInvalidError",
    "ConstraintsViolatedError",
    "DataRefusedError",
    "DatasetConflictError",
    "DatasetExistsError",
    "DatasetHeldError",
    "DatasetNotFoundError",
    "FeaturesNotInstalledError",
    "LeakageError",
    "RequirementError",
    "SchemaDiffersError",
    "SelectionError",
    "SplitError",
    "VersionNotFoundError",
]


class FeaturesNotInstalledError(NotInstalledError):
    """Raised when the libraries for datasets are not installed."""


class DatasetNotFoundError(NotFoundError):
    """Raised when the environment has no dataset of this name."""


class DatasetExistsError(ConflictError):
    """Raised when a dataset of this name exists already."""


class DatasetHeldError(ConflictError):
    """Raised when tags, runs, feature views or other datasets need the dataset that would be deleted."""


class VersionNotFoundError(NotFoundError):
    """Raised when a dataset has no such snapshot or tag, or had no version at that time."""


class DataRefusedError(InvalidRequestError):
    """Raised when data is of a kind, or has a type, that a dataset cannot store."""


class SchemaDiffersError(InvalidRequestError):
    """Raised when the columns of data are not those of the dataset."""


class ConstraintsViolatedError(InvalidRequestError):
    """Raised when rows violate constraints of the dataset; the error names constraints, counts and examples."""


class ConstraintInvalidError(InvalidRequestError):
    """Raised when a constraint contradicts itself, or has an invalid field."""


class DatasetConflictError(ConflictError):
    """Raised when a concurrent change of the dataset cannot be reconciled with this one."""


class SelectionError(InvalidRequestError):
    """Raised when requested columns do not exist, or a condition cannot be parsed."""


class SplitError(InvalidRequestError):
    """Raised when a dataset cannot be split in the requested way."""


class LeakageError(InvalidRequestError):
    """Raised when test data would leak into training."""


class RequirementError(InvalidRequestError):
    """Raised when a data requirement cannot enter the requested state."""
