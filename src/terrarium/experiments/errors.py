"""Errors of experiments and runs."""

from terrarium.errors import ConflictError, InvalidRequestError, NotFoundError

__all__ = [
    "ArtifactLocationRefusedError",
    "ExperimentNotFoundError",
    "ModelFlavorError",
    "RunNotActiveError",
    "RunNotFoundError",
    "RunsOverlapError",
    "SearchRefusedError",
    "ValueRefusedError",
]


class ArtifactLocationRefusedError(InvalidRequestError):
    """Artifacts of an experiment cannot be kept outside the environment's bucket."""


class ExperimentNotFoundError(NotFoundError):
    """The environment has no experiment of this name."""


class RunNotActiveError(ConflictError):
    """Something was recorded before the run began, or after it ended."""


class RunNotFoundError(NotFoundError):
    """No run has this id, or several have ids that begin so."""


class ModelFlavorError(InvalidRequestError):
    """MLflow has no flavor for this model."""


class SearchRefusedError(InvalidRequestError):
    """A search for hyperparameters was described so that it cannot run."""


class RunsOverlapError(ConflictError):
    """A run was to begin within one that other code of the same thread is within."""


class ValueRefusedError(InvalidRequestError):
    """Something was logged, or stated of a run, that a record or the metadata database cannot hold."""
