"""Which runs use which versions: a tag of the run for every version that it loaded."""

from typing import TYPE_CHECKING

from terrarium.models.tags import uses_tag
from terrarium.tracking.plugin import tracking_uri

if TYPE_CHECKING:
    from terrarium.experiments import RunSummary
    from terrarium.lab import Lab
    from terrarium.models.version import ModelVersion

__all__ = ["record_use", "runs_that_use"]


def record_use(lab: "Lab", version: "ModelVersion", *, asked: str) -> None:
    """Leave with MLflow's active run, if it is one of this environment, that it loaded `version`.

    Args:
        lab: The environment.
        version: What was loaded.
        asked: The reference by which it was.
    """
    import mlflow

    active = mlflow.active_run()
    if active is None or mlflow.get_tracking_uri() != tracking_uri(lab.environment):
        return
    mlflow.MlflowClient().set_tag(active.info.run_id, uses_tag(version.name, version.version), asked)


def runs_that_use(lab: "Lab", version: "ModelVersion") -> "list[RunSummary]":
    """The runs that loaded `version`, the last one first."""
    from terrarium.experiments import Experiments
    from terrarium.search import tag

    return Experiments(lab.metadata).search(tag(uses_tag(version.name, version.version)), limit=None)
