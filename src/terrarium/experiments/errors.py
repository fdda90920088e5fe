"""What can be wrong with experiments and runs."""

from terrarium.errors import Error

__all__ = ["ExperimentNotFoundError", "ModelFlavorError", "RunNotActiveError"]


class ExperimentNotFoundError(Error):
    """The environment has no experiment of this name."""


class RunNotActiveError(Error):
    """Something was recorded before the run began, or after it ended."""


class ModelFlavorError(Error):
    """MLflow has no flavor for this model."""
