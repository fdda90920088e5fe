"""Use of versions by runs: a run has a tag for each version that it loaded."""

from typing import TYPE_CHECKING

from terrarium.models._tags import uses_tag

if TYPE_CHECKING:
    from terrarium.connection import Connection
    from terrarium.models.version import ModelVersion
    from terrarium.record.run_summary import RunSummary

__all__ = ["record_use", "runs_that_use"]


def record_use(connection: "Connection", version: "ModelVersion", *, asked: str) -> None:
    """Leave with MLflow's active run, if it is one of this environment, that it loaded `version`.

    Args:
        connection: The environment.
        version: What was loaded.
        asked: The reference by which it was.
    """
    import mlflow

    active = mlflow.active_run()
    if active is None or not connection.has_tracking_uri(mlflow.get_tracking_uri()):
        return
    mlflow.MlflowClient().set_tag(active.info.run_id, uses_tag(version.name, version.version), asked)


def runs_that_use(connection: "Connection", version: "ModelVersion") -> "list[RunSummary]":
    """Return the runs that loaded `version`, the latest first."""
    from terrarium.search import tag
    from terrarium.search.run_summaries import list_runs
    from terrarium.search.sql import ChosenRuns

    chosen = ChosenRuns(where=tag(uses_tag(version.name, version.version)))
    return list_runs(connection.database.reader, chosen)
