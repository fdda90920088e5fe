"""The end of a run: its record is completed by what MLflow has, kept, and then the run is over."""

from typing import TYPE_CHECKING

from terrarium.record.run_record import RunRecord
from terrarium.record.sections import Evaluation, Hyperparameters
from terrarium.record.storage import write_record

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

__all__ = ["complete_record"]


def complete_record(client: "MlflowClient", record: RunRecord) -> None:
    """Add params and metrics as the store has them, whoever logged them (autologging, other processes), and keep it."""
    write_record(client, _completed(record, client.get_run(record.run)))


def _completed(record: RunRecord, run: "Run") -> RunRecord:
    hyperparameters = record.hyperparameters
    if hyperparameters or run.data.params:
        known = hyperparameters or Hyperparameters()
        hyperparameters = known.model_copy(update={"params": dict(run.data.params)})
    evaluation = record.evaluation or Evaluation()
    return record.model_copy(
        update={
            "hyperparameters": hyperparameters,
            "evaluation": evaluation.model_copy(update={"metrics": dict(run.data.metrics)}),
        }
    )
