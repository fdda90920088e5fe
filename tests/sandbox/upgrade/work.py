"""The work of a user, for the SDK of any release: `python work.py ENVIRONMENT NAME COMMAND...`.

`migrate` migrates the database. `write-metadata` adds a run, a feature view and a model version to those of a name, and
`write-data` rows to a dataset and to the view, and an artifact. `run-pipeline` runs the first deployed pipeline. Each
command that begins with `read` prints a line of JSON. All of it must work with the previous release, too.
"""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

import terrarium
from terrarium.features import Entity, Feature, FeatureView
from terrarium.metadata.migration import migrate

__all__ = ["read_data", "read_metadata", "read_pipelines", "run_pipeline", "write_data", "write_metadata"]

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 0, 0, 1, 1, 1])


def write_metadata(lab: terrarium.Lab, name: str) -> None:
    """Record a run, submit its model and make it the champion, and apply the view."""
    use_case = terrarium.UseCase(
        name=name,
        task="binary-classification",
        business_impact="proves that releases work together",
        evaluation_metric="roc_auc",
        data=(f"{name}.customers",),
        training_requirements="one CPU",
        serving_requirements="none",
        satisfactory=0.5,
    )
    splits = terrarium.Splits.of({"train": (X, Y), "validation": (X, Y)}, dataset="numbers", seed=7)
    with lab.experiment(use_case).run(
        params={"C": 1.0},
        tags={"release": terrarium.__version__},
        splits=splits,
        validation=terrarium.HoldOut(),
        seed=7,
    ) as run:
        for step in range(3):
            run.log_metrics({"roc_auc": 0.7 + step / 10}, step=step)
        run.log_model(LogisticRegression().fit(X, Y))
    version = lab.models.submit(run, name)
    lab.models.alias(f"{name}/{version.version}", "champion", reason="it is the newest")
    lab.features.apply(_view(name))


def read_metadata(lab: terrarium.Lab, name: str) -> dict[str, Any]:
    """Return the runs, models and the view of a name."""
    runs = lab.experiments.runs(name, order_by="started")
    versions = sorted(lab.models.versions(name), key=lambda version: version.version)
    return {
        "runs": [[run.id, run.status, run.tags["release"], run.metrics, dict(run.params)] for run in runs],
        "models": [[version.version, version.run, version.metrics] for version in versions],
        "champion": lab.models.get(f"{name}@champion").version,
        "predictions": np.asarray(lab.models.load(f"{name}@champion").predict(X)).tolist(),
        "view": lab.features.get(name).version,
    }


def write_data(lab: terrarium.Lab, name: str) -> None:
    """Add rows to a dataset and to the view, materialize the view, and store an artifact."""
    rows = [{"customer_id": 1, "minutes": 1.5}, {"customer_id": 2, "minutes": 2.5}]
    if f"{name}.customers" in [dataset.name for dataset in lab.datasets.list()]:
        lab.datasets.append(f"{name}.customers", rows)
    else:
        lab.datasets.create(f"{name}.customers", rows, owner="growth")
    lab.features.apply(_view(name))
    now = datetime.now(UTC)
    lab.features.write(name, [{"customer_id": 7, "event_time": now, "minutes": now.timestamp()}])
    lab.features.materialize(name)
    lab.artifacts.put_bytes(terrarium.__version__.encode(), f"{name}/version.txt")


def read_data(lab: terrarium.Lab, name: str) -> dict[str, Any]:
    """Return the number of rows, the newest features offline and online, and the newest artifact."""
    events = [{"customer_id": 7, "event_time": datetime.now(UTC)}]
    online = lab.features.online([{"customer_id": 7}], [f"{name}:minutes"])
    return {
        "rows": lab.datasets.get(f"{name}.customers").read().count(),
        "offline": lab.features.training_set(events, [f"{name}:minutes"]).to_pandas()["minutes"].tolist(),
        "online": list(online.columns["minutes"]),
        "artifact": lab.artifacts.get_bytes(lab.artifacts.latest(f"{name}/version.txt")).decode(),
    }


def run_pipeline(lab: terrarium.Lab) -> None:
    """Run the first deployed pipeline once."""
    ended = lab.pipelines.wait(lab.pipelines.start(lab.pipelines.names()[0]), seconds=1800)
    assert ended.status == "SUCCEEDED", lab.pipelines.status(ended)


def read_pipelines(lab: terrarium.Lab) -> dict[str, Any]:
    """Return name and status of each execution of each pipeline."""
    return {
        pipeline: [[execution.name, execution.status] for execution in lab.pipelines.executions(pipeline)]
        for pipeline in lab.pipelines.names()
    }


def _view(name: str) -> FeatureView:
    return FeatureView(
        name=name,
        source=f"{name}.usage",
        entities=(Entity(name=f"{name}_customer", key="customer_id"),),
        features=(Feature(name="minutes", dtype="double"),),
        owner="growth",
    )


def _main(environment: str, name: str, commands: list[str]) -> None:
    lab = terrarium.connect(environment)
    for command in commands:
        match command:
            case "migrate":
                migrate(lab.manifest, session=lab.session, say=lambda _: None)
            case "write-metadata":
                write_metadata(lab, name)
            case "read-metadata":
                print(json.dumps(read_metadata(lab, name)))
            case "write-data":
                write_data(lab, name)
            case "read-data":
                print(json.dumps(read_data(lab, name)))
            case "run-pipeline":
                run_pipeline(lab)
            case "read-pipelines":
                print(json.dumps(read_pipelines(lab)))
            case _:
                sys.exit(f"unknown command {command}")


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], sys.argv[3:])
