"""The run that this process is in, so that its jobs belong to it."""

import sys

__all__ = ["run_under_way"]


def run_under_way() -> str | None:
    """The id of MLflow's active run, if MLflow is in use here at all."""
    mlflow = sys.modules.get("mlflow")
    active = mlflow.active_run() if mlflow and hasattr(mlflow, "active_run") else None
    return active.info.run_id if active else None
