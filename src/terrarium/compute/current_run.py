"""The active run of this process, which its jobs belong to."""

from typing import NamedTuple

from terrarium.imported_module import imported_module
from terrarium.record.tags import USE_CASE_NAME

__all__ = ["RunUnderWay", "run_under_way"]


class RunUnderWay(NamedTuple):
    """A run that has begun and not ended.

    Attributes:
        id: Run id of MLflow.
        use_case: Use case of the run, if it has one.
    """

    id: str
    use_case: str | None


def run_under_way() -> RunUnderWay | None:
    """Return the active run of MLflow; None if MLflow is not imported."""
    mlflow = imported_module("mlflow")
    active = mlflow.active_run() if mlflow else None
    return RunUnderWay(active.info.run_id, active.data.tags.get(USE_CASE_NAME)) if active else None
