"""What can be wrong with experiments and runs."""

from terrarium.errors import Error

__all__ = [
    "ExperimentNotFoundError",
    "ModelFlavorError",
    "RunNotActiveError",
    "RunNotFoundError",
    "RunsOverlapError",
    "SearchRefusedError",
    "ValueRefusedError",
]


class ExperimentNotFoundError(Error):
    """The environment has no experiment of this name."""


class RunNotActiveError(Error):
    """Something was recorded before the run began, or after it ended."""


class RunNotFoundError(Error):
    """No run has this id, or several have ids that begin so."""


class ModelFlavorError(Error):
    """MLflow has no flavor for this model."""


class SearchRefusedError(Error):
    """A search for hyperparameters was described so that it cannot run."""


class RunsOverlapError(Error):
    """A run was to begin within one that other code of the same thread is within."""


class ValueRefusedError(Error):
    """Something was logged, or stated of a run, that a record or the metadata database cannot hold."""
