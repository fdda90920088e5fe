"""Copy of a released run in the target environment of a promotion."""

from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.artifacts.upload import put_bytes
from terrarium.models._tags import PROMOTED_RUN
from terrarium.record.tags import RECORD_FOLDER

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as MlflowTracking

    from terrarium.connection import Connection
    from terrarium.models._release import Release, ReleasedDataset, ReleasedRun
    from terrarium.models.registry import Registry

__all__ = ["copy_run"]

_MOST = 100  # params or tags of one MLflow batch
_MOST_METRICS = 1000

# These tags refer to objects of the source environment.
_LEFT_OUT = {"mlflow.log-model.history", "mlflow.parentRunId"}


def copy_run(release: "Release", record: Path, *, target: "Connection", registry: "Registry") -> str:
    """Copy a run: params, latest metrics, tags, dataset inputs, and the artifacts of its record.

    All steps can be repeated: a later promotion completes the copy of an interrupted one.

    Args:
        release: The release that holds the run.
        record: The folder with the artifacts of the run's record.
        target: The target environment.
        registry: The registry of the target.

    Returns:
        The run id of the copy.
    """
    store, run = registry.recording, release.run
    copy = _begun(store, run, origin=f"{release.environment}/{run.id}")
    _copy_content(store, run, copy.info.run_id)
    _copy_record(target, record, copy.info.artifact_uri)
    _finish(store, run, copy.info.run_id)
    return str(copy.info.run_id)


def _begun(store: "MlflowTracking", run: "ReleasedRun", *, origin: str) -> "Run":
    from mlflow.entities import RunTag, ViewType

    known = store.get_experiment_by_name(run.experiment)
    experiment_id = known.experiment_id if known else store.create_experiment(run.experiment)
    found = store.search_runs(
        [experiment_id], f"tags.`{PROMOTED_RUN}` = '{origin}'", ViewType.ALL, max_results=1
    )
    if found:
        copy: Run = found[0]
        return copy
    created: Run = store.create_run(
        experiment_id, run.user, run.started, [RunTag(PROMOTED_RUN, origin)], run.name
    )
    return created


def _copy_content(store: "MlflowTracking", run: "ReleasedRun", copy: str) -> None:
    from mlflow.entities import Metric, Param, RunTag

    ended = run.ended or run.started
    metrics = [Metric(name, value, ended, 0) for name, value in run.metrics.items()]
    params = [Param(name, value) for name, value in run.params.items()]
    tags = [RunTag(name, value) for name, value in run.tags.items() if name not in _LEFT_OUT]
    for start in range(0, len(metrics), _MOST_METRICS):
        store.log_batch(copy, metrics[start : start + _MOST_METRICS], [], [])
    for start in range(0, len(params), _MOST):
        store.log_batch(copy, [], params[start : start + _MOST], [])
    for start in range(0, len(tags), _MOST):
        store.log_batch(copy, [], [], tags[start : start + _MOST])
    if run.datasets:
        _copy_datasets(store, run.datasets, copy)


def _copy_datasets(store: "MlflowTracking", datasets: "tuple[ReleasedDataset, ...]", copy: str) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    inputs = [
        DatasetInput(
            Dataset(
                dataset.name,
                dataset.digest,
                dataset.source_type,
                dataset.source,
                dataset.data_schema,
                dataset.profile,
            ),
            [InputTag(name, value) for name, value in dataset.tags.items()],
        )
        for dataset in datasets
    ]
    store.log_inputs(copy, datasets=inputs)


def _copy_record(target: "Connection", record: Path, artifact_uri: str) -> None:
    bucket, _, key = artifact_uri.removeprefix("s3://").partition("/")
    s3 = target.session.client("s3")
    for file in sorted(path for path in record.rglob("*") if path.is_file()):
        path = file.relative_to(record).as_posix()
        put_bytes(s3, file.read_bytes(), bucket=bucket, key=f"{key}/{RECORD_FOLDER}{path}")


def _finish(store: "MlflowTracking", run: "ReleasedRun", copy: str) -> None:
    from mlflow.entities import RunStatus

    store.update_run_info(copy, RunStatus.from_string(run.status), run.ended, run.name)
