"""Summary of a run, for listings."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict

from terrarium.epoch import from_epoch_ms
from terrarium.record.non_finite import Number, measured_value

if TYPE_CHECKING:
    from mlflow.entities import Run

__all__ = ["RunSummary"]


class RunSummary(BaseModel):
    """A run as it was when it was looked up.

    Attributes:
        id: MLflow's run id.
        experiment: The name of its experiment.
        name: As given, or made up by MLflow.
        status: MLflow's; a run that was killed hard stays RUNNING.
        started: Aware, UTC.
        ended: Aware, UTC; None until it has.
        params: As recorded, all of them text.
        metrics: The latest value of each.
        tags: Those that users set, and MLflow's own (`mlflow.*`).
        artifact_uri: Where its artifacts are.
    """

    # Metrics may be NaN or infinite; JSON has no such numbers, and pydantic reads them from strings.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    id: str
    experiment: str
    name: str
    status: Literal["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]
    started: datetime
    ended: datetime | None
    params: dict[str, str]
    metrics: dict[str, Number]
    tags: dict[str, str]
    artifact_uri: str

    @classmethod
    def of(cls, run: "Run", *, experiment: str) -> Self:
        """Return the summary of an MLflow run."""
        return cls(
            id=run.info.run_id,
            experiment=experiment,
            name=run.info.run_name,
            status=run.info.status,
            started=from_epoch_ms(run.info.start_time),
            ended=from_epoch_ms(run.info.end_time) if run.info.end_time else None,
            params=run.data.params,
            metrics={name: measured_value(value) for name, value in run.data.metrics.items()},
            tags=run.data.tags,
            artifact_uri=run.info.artifact_uri,
        )
