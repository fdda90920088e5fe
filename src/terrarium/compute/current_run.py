"""The run that this process is in, so that its jobs belong to it."""

from typing import NamedTuple

from terrarium.imported_module import imported_module
from terrarium.record.tags import USE_CASE_NAME

__all__ = ["RunUnderWay", "run_under_way"]


class RunUnderWay(NamedTuple):
    """A run that has begun and not ended.

    Attributes:
        id: MLflow's.
        use_case: What it is for, where the run says so.
    """

    id: str
    use_case: str | None


def run_under_way() -> RunUnderWay | None:
    """MLflow's active run, if MLflow is in use here at all."""
    mlflow = imported_module("mlflow")
    active = mlflow.active_run() if mlflow else None
    return RunUnderWay(active.info.run_id, active.data.tags.get(USE_CASE_NAME)) if active else None
