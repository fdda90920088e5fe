"""Completion of a record at the end of a run, with the values that MLflow holds."""

from typing import TYPE_CHECKING

from terrarium.record._autologged_architecture import autologged_architecture
from terrarium.record.non_finite import measured_value
from terrarium.record.run_record import RunRecord
from terrarium.record.sections import Evaluation, Hyperparameters
from terrarium.record.storage import write_record

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

__all__ = ["complete_record", "completed_by"]


def complete_record(client: "MlflowClient", record: RunRecord) -> None:
    """Add the values that other clients logged (autologging, plain MLflow, other processes), and write the record."""
    run = client.get_run(record.run)
    write_record(client, _with_architecture(client, completed_by(run, record), run))


def completed_by(run: "Run", record: RunRecord) -> RunRecord:
    """Return the record with the params and metrics that MLflow holds for the run."""
    hyperparameters = record.hyperparameters
    if hyperparameters or run.data.params:
        known = hyperparameters or Hyperparameters()
        hyperparameters = known.model_copy(update={"params": dict(run.data.params)})
    evaluation = record.evaluation or Evaluation()
    metrics = {name: measured_value(value) for name, value in run.data.metrics.items()}
    return record.model_copy(
        update={
            "hyperparameters": hyperparameters,
            "evaluation": evaluation.model_copy(update={"metrics": metrics}),
        }
    )


def _with_architecture(client: "MlflowClient", record: RunRecord, run: "Run") -> RunRecord:
    if record.architecture is not None:
        return record
    try:
        return record.model_copy(update={"architecture": autologged_architecture(client, run)})
    except Exception as error:  # noqa: BLE001 - the record states the reason; the other sections are kept
        why = f"the logged model could not be read: {' '.join(str(error).split())}"
        return record.model_copy(update={"failures": {**record.failures, "architecture": why}})
