"""What can be wrong with datasets."""

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
    """The libraries behind datasets are not there."""


class DatasetNotFoundError(NotFoundError):
    """The environment has no dataset of this name."""


class DatasetExistsError(ConflictError):
    """A dataset of this name is there already."""


class DatasetHeldError(ConflictError):
    """Tags, runs, feature views or other datasets need the dataset that was to go."""


class VersionNotFoundError(NotFoundError):
    """The dataset has no such snapshot, no such tag, or had none yet at that time."""


class DataRefusedError(InvalidRequestError):
    """The data is of a kind, or holds a type, that a dataset cannot take."""


class SchemaDiffersError(InvalidRequestError):
    """The columns of the data are not those of the dataset."""


class ConstraintsViolatedError(InvalidRequestError):
    """Rows break what the dataset promises; the error says which, how many, and shows some."""


class ConstraintInvalidError(InvalidRequestError):
    """A constraint contradicts itself, or has a field that it cannot have."""


class DatasetConflictError(ConflictError):
    """Somebody else changed the dataset meanwhile in a way that this change cannot be reconciled with."""


class SelectionError(InvalidRequestError):
    """Columns or rows were asked for that the dataset does not have, or in words that are not understood."""


class SplitError(InvalidRequestError):
    """The dataset cannot be split this way."""


class LeakageError(InvalidRequestError):
    """What a model is to be tested on would reach its training."""


class RequirementError(InvalidRequestError):
    """A data requirement is not what its next state asks for."""
