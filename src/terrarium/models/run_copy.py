"""The run behind a promoted version, with all that is on record of it, where the version goes."""

from typing import TYPE_CHECKING

from terrarium.artifacts.upload import put_bytes
from terrarium.aws import explained
from terrarium.models.tags import PROMOTED_RUN
from terrarium.record.tags import RECORD_FOLDER

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as MlflowTracking

    from terrarium.lab import Lab
    from terrarium.models.registry import Registry

__all__ = ["copy_run"]

_MOST = 100  # params or tags of one MLflow batch
_MOST_METRICS = 1000

# They name what only the source has.
_LEFT_OUT = {"mlflow.log-model.history", "mlflow.parentRunId"}


def copy_run(source: "Lab", target: "Lab", run: "Run", *, registries: "tuple[Registry, Registry]") -> str:
    """Copy a run: params, latest metrics, tags, dataset inputs, and the artifacts of its record.

    Every step may be repeated, so that whoever comes after a killed process completes its copy.

    Args:
        source: Where the run is.
        target: Where it goes.
        run: The run.
        registries: Of both.

    Returns:
        The copy's run id.
    """
    here, there = registries[0].runs, registries[1].recording
    origin = f"{source.environment}/{run.info.run_id}"
    experiment = here.get_experiment(run.info.experiment_id)
    copy = _begun(there, run, experiment.name, origin=origin)
    _copy_content(there, run, copy.info.run_id)
    _copy_record(source, target, run.info.artifact_uri, copy.info.artifact_uri)
    _finish(there, run, copy.info.run_id)
    return str(copy.info.run_id)


def _begun(store: "MlflowTracking", run: "Run", experiment: str, *, origin: str) -> "Run":
    from mlflow.entities import RunTag, ViewType

    known = store.get_experiment_by_name(experiment)
    experiment_id = known.experiment_id if known else store.create_experiment(experiment)
    found = store.search_runs(
        [experiment_id], f"tags.`{PROMOTED_RUN}` = '{origin}'", ViewType.ALL, max_results=1
    )
    if found:
        copy: Run = found[0]
        return copy
    created: Run = store.create_run(
        experiment_id,
        run.info.user_id,
        run.info.start_time,
        [RunTag(PROMOTED_RUN, origin)],
        run.info.run_name,
    )
    return created


def _copy_content(store: "MlflowTracking", run: "Run", copy: str) -> None:
    from mlflow.entities import Metric, Param, RunTag

    ended = run.info.end_time or run.info.start_time
    metrics = [Metric(name, value, ended, 0) for name, value in run.data.metrics.items()]
    params = [Param(name, value) for name, value in run.data.params.items()]
    tags = [RunTag(name, value) for name, value in run.data.tags.items() if name not in _LEFT_OUT]
    for start in range(0, len(metrics), _MOST_METRICS):
        store.log_batch(copy, metrics[start : start + _MOST_METRICS], [], [])
    for start in range(0, len(params), _MOST):
        store.log_batch(copy, [], params[start : start + _MOST], [])
    for start in range(0, len(tags), _MOST):
        store.log_batch(copy, [], [], tags[start : start + _MOST])
    if run.inputs and run.inputs.dataset_inputs:
        store.log_inputs(copy, datasets=run.inputs.dataset_inputs)


def _copy_record(source: "Lab", target: "Lab", from_uri: str, to_uri: str) -> None:
    from_bucket, from_prefix = _within(from_uri)
    to_bucket, to_prefix = _within(to_uri)
    s3, there = source.session.client("s3"), target.session.client("s3")
    with explained(f"copy the record at {from_uri}"):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=from_bucket, Prefix=from_prefix)
        for key in (item["Key"] for page in pages for item in page.get("Contents", [])):
            content = s3.get_object(Bucket=from_bucket, Key=key)["Body"].read()
            put_bytes(there, content, bucket=to_bucket, key=to_prefix + key.removeprefix(from_prefix))


def _within(artifact_uri: str) -> tuple[str, str]:
    bucket, _, key = artifact_uri.removeprefix("s3://").partition("/")
    return bucket, f"{key}/{RECORD_FOLDER}"


def _finish(store: "MlflowTracking", run: "Run", copy: str) -> None:
    from mlflow.entities import RunStatus

    status = RunStatus.from_string(run.info.status)
    store.update_run_info(copy, status, run.info.end_time, run.info.run_name)
