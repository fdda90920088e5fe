"""Tracking: a run with a complete record and a model, as experiments record it."""

from datetime import UTC, datetime

import terrarium
from terrarium.gc.deleted_records import erase_experiment, erase_model, erase_run
from terrarium.lab import Lab
from terrarium.verification.check import Check, CheckFailedError, Observation
from terrarium.verification.workspace import Workspace

__all__ = ["LOG_RUN", "READ_RUNS", "experiment_name"]

_WAKING_HOURS = 5 / 60  # the database stays awake for five minutes after the last query
_FEATURES = [[float(row), float(row % 2)] for row in range(6)]
_TARGET = [0, 0, 0, 1, 1, 1]


def experiment_name(workspace: Workspace) -> str:
    """Return the name of the experiment and registered model that only this verification uses."""
    return f"verification_{workspace.token}"


def _log_run(workspace: Workspace) -> Observation:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    lab, name = workspace.lab, experiment_name(workspace)
    workspace.on_exit(f"experiment {name}", lambda: _erase(lab, name))
    features, target = np.array(_FEATURES), np.array(_TARGET)
    splits = terrarium.Splits.of(
        {"train": (features, target), "validation": (features, target)}, dataset=name, seed=7
    )
    with lab.experiment(_use_case(name)).run(
        params={"C": 1.0}, splits=splits, validation=terrarium.HoldOut(), seed=7
    ) as run:
        model = LogisticRegression().fit(features, target)
        run.log_metrics({"verification": 1.0})
        run.log_model(model, input_example=features[:2])
    workspace.run_id = run.id
    stored = lab.experiments.client.get_run(run.id)
    workspace.leave(lab.manifest.artifacts.bucket, _experiment_prefix(lab, stored.info.artifact_uri))
    if (stored.info.status, stored.data.metrics.get("verification")) != ("FINISHED", 1.0):
        raise CheckFailedError(
            f"run {run.id} is {stored.info.status} with metrics {stored.data.metrics}; FINISHED and "
            "verification=1.0 were recorded"
        )
    return Observation(f"run {run.id[:8]} with metric, record and model", _awake())


def _read_runs(workspace: Workspace) -> Observation:
    names = workspace.lab.experiments.names()
    return Observation(f"{len(names)} experiments", _awake())


def _awake() -> dict[str, float]:
    return {
        "aurora_capacity_unit_hour": 0.5 * _WAKING_HOURS
    }  # half a unit is the least that an awake one has


def _use_case(name: str) -> terrarium.UseCase:
    return terrarium.UseCase(
        name=name,
        task="binary-classification",
        business_impact="none: `terrarium verify` records this run and deletes it",
        evaluation_metric="verification",
        data=(name,),
        training_requirements="none",
        serving_requirements="none",
    )


def _experiment_prefix(lab: Lab, artifact_uri: str) -> str:
    """Return the prefix of the run's experiment, whose models are beside the run."""
    within = f"s3://{lab.manifest.artifacts.bucket}/{lab.manifest.artifacts.experiments_prefix}"
    experiment = artifact_uri.removeprefix(within).partition("/")[0]
    return f"{lab.manifest.artifacts.experiments_prefix}{experiment}/"


def _erase(lab: Lab, name: str) -> None:
    client = lab.experiments.client
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        return
    runs = [run.info.run_id for run in client.search_runs([experiment.experiment_id])]
    models = [model.model_id for model in client.search_logged_models([experiment.experiment_id])]
    for run in runs:
        client.delete_run(run)
    client.delete_experiment(experiment.experiment_id)
    now = datetime.now(UTC)
    with lab.metadata.writer.begin() as connection:
        for run in runs:
            erase_run(connection, run, before=now)
        for model in models:
            erase_model(connection, model, before=now)
        erase_experiment(connection, experiment.experiment_id)


LOG_RUN = Check(
    name="record a run",
    run=_log_run,
    cause="the database does not answer (network, tunnel, waking), `terrarium migrate` has not run, or the role lacks "
    "rds-db:connect as the writer",
    needs=("connect", "artifacts"),
    database=True,
)
READ_RUNS = Check(
    name="read runs",
    run=_read_runs,
    cause="the database does not answer, or the role lacks rds-db:connect as the reader",
    needs=("connect",),
    database=True,
)
