"""What can be wrong with experiments and runs."""

from terrarium.errors import Error

__all__ = [
    "ExperimentNotFoundError",
    "ModelFlavorError",
    "RunNotActiveError",
    "RunNotFoundError",
    "SearchRefusedError",
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
