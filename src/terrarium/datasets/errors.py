"""What can be wrong with datasets."""

from terrarium.errors import Error

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


class FeaturesNotInstalledError(Error):
    """The libraries behind datasets are not there."""


class DatasetNotFoundError(Error):
    """The environment has no dataset of this name."""


class DatasetExistsError(Error):
    """A dataset of this name is there already."""


class DatasetHeldError(Error):
    """Tags, runs, feature views or other datasets need the dataset that was to go."""


class VersionNotFoundError(Error):
    """The dataset has no such snapshot, no such tag, or had none yet at that time."""


class DataRefusedError(Error):
    """The data is of a kind, or holds a type, that a dataset cannot take."""


class SchemaDiffersError(Error):
    """The columns of the data are not those of the dataset."""


class ConstraintsViolatedError(Error):
    """Rows break what the dataset promises; the error says which, how many, and shows some."""


class ConstraintInvalidError(Error):
    """A constraint contradicts itself, or has a field that it cannot have."""


class DatasetConflictError(Error):
    """Somebody else changed the dataset meanwhile in a way that this change cannot be reconciled with."""


class SelectionError(Error):
    """Columns or rows were asked for that the dataset does not have, or in words that are not understood."""


class SplitError(Error):
    """The dataset cannot be split this way."""


class LeakageError(Error):
    """What a model is to be tested on would reach its training."""


class RequirementError(Error):
    """A data requirement is not what its next state asks for."""
