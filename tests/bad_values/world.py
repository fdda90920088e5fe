"""An environment with one of everything, and the right values that calls are given besides a bad one."""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import polars as pl

import terrarium
from terrarium.datasets import NotNull
from terrarium.datasets.requirements import RequiredColumn
from terrarium.features import Entity, Feature, FeatureView, on_demand
from terrarium.search import metric, parse_condition, parse_order
from tests.support.provisioning.compute import create_role
from tests.support.trained_run import trained
from tests.unit.record.examples import RECORD, USE_CASE

__all__ = ["World"]

DATASET = "bad.customers"
SPARE = "bad.spare"  # what calls may delete
VIEW = "bad_usage"
MODEL = "bad"
_MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}


@on_demand(dtype="double", request={"price": "double"})
def cost(minutes: pl.Series, price: pl.Series) -> pl.Series:
    """Return the cost of the minutes."""
    return minutes * price


def customers() -> pl.DataFrame:
    """Return rows of the dataset."""
    return pl.DataFrame(
        {
            "customer_id": list(range(20)),
            "region": ["EU", "US"] * 10,
            "amount": [float(number) for number in range(20)],
            "event_time": [datetime(2026, 1, 1 + number, tzinfo=UTC) for number in range(20)],
        }
    )


def _usage() -> list[dict[str, Any]]:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return [{"customer_id": number, "event_time": moment, "minutes": float(number)} for number in range(5)]


def _rows() -> list[dict[str, Any]]:
    moment = datetime(2026, 2, 1, tzinfo=UTC)
    return [{"customer_id": number, "event_time": moment, "price": 1.0} for number in range(3)]


def _view() -> FeatureView:
    return FeatureView(
        name=VIEW,
        source=VIEW,
        entities=(Entity(name="bad_customer", key="customer_id"),),
        features=(Feature(name="minutes", dtype="double"),),
        on_demand=(cost,),
        owner="tests",
    )


def _step() -> terrarium.Step:
    return terrarium.Step(name="train", run="json:loads")


@dataclass
class World:
    """One of everything.

    Attributes:
        lab: The environment.
        subjects: What has public methods, by name.
        files: A folder of files.
        valid: Right values by the name of a parameter, or by `Class.method.parameter`.
    """

    lab: terrarium.Lab
    subjects: dict[str, Any]
    files: Path
    valid: dict[str, Callable[[], Any]]

    @classmethod
    def make(cls, lab: terrarium.Lab, files: Path) -> "World":
        """Make everything; the working directory is a Git repository with a commit."""
        datasets = lab.datasets
        for name in (DATASET, SPARE):
            datasets.create(name, customers(), constraints=(NotNull(column="customer_id"),))
        lab.features.apply(_view())
        lab.features.write(VIEW, _usage())
        lab.features.materialize(VIEW, progress=False)
        runs = [trained(lab, MODEL, roc_auc=0.8), trained(lab, MODEL)]
        spare = trained(lab, "spare")
        version = lab.models.submit(runs[0], MODEL)
        lab.models.alias(version.reference, "champion")
        job = lab.compute.submit(["true"], code=None)
        job.wait()
        local = terrarium.LocalCompute(vcpus=1)
        local_job = local.submit(["true"], code=None)
        local_job.wait()
        execution = _execution(lab)
        reference = lab.artifacts.put_bytes(b"content", "bad/content.bin")
        (files / "content.txt").write_text("content")
        dataset = datasets.get(DATASET)
        split = datasets.split(DATASET, by="customer_id")
        requirement = _requirement()
        summary = lab.experiments.search(f"run_id == '{runs[0].id}'")[0]
        pipeline = terrarium.Pipeline("bad", use_case="bad", steps=[_step()], parameters={"least": 0.5})
        subjects: dict[str, Any] = {
            "lab": lab,
            "lab.artifacts": lab.artifacts,
            "lab.compute": lab.compute,
            "lab.datasets": datasets,
            "lab.experiments": lab.experiments,
            "lab.features": lab.features,
            "lab.metadata": lab.metadata,
            "lab.models": lab.models,
            "lab.pipelines": lab.pipelines,
            "lab.session": lab.session,
            "lab.warehouse": lab.warehouse,
            "experiment": lab.experiment(MODEL),
            "finished run": runs[0],
            "joined run": lab.experiments.join(runs[1].id),
            "run summary": summary,
            "comparison": lab.experiments.compare(runs[0].id, runs[1].id),
            "dataset": dataset,
            "rows": dataset.read(["customer_id", "region"], where="customer_id > 3"),
            "description": dataset.description,
            "split": split,
            "version": dataset.version,
            "registered view": lab.features.get(VIEW),
            "view": _view(),
            "training set": lab.features.training_set(_rows(), [f"{VIEW}:*"]),
            "online features": lab.features.online(_rows(), [f"{VIEW}:*"]),
            "skew": lab.features.skew([f"{VIEW}:minutes"]),
            "model version": version,
            "gates": version.gates,
            "lineage": lab.models.lineage(version.reference),
            "job": job,
            "job state": job.state(),
            "local compute": local,
            "local job": local_job,
            "execution": execution,
            "reference": reference,
            "requirement": requirement,
            "use case": USE_CASE,
            "record": RECORD,
            "pipeline": pipeline,
            "condition": parse_condition("metrics.roc_auc > 0.5"),
            "field": metric("roc_auc"),
            "order": parse_order("started desc"),
            "output": terrarium.Output("train", "roc_auc"),
        }
        valid = _valid(lab, files, subjects, runs=[run.id for run in runs], spare=spare.id)
        return cls(lab, {name: value for name, value in subjects.items() if value is not None}, files, valid)

    def value(self, target: str, parameter: inspect.Parameter) -> Any:
        """Return a right value of a parameter; `inspect.Parameter.empty` where none is known."""
        for name in (f"{target}.{parameter.name}", parameter.name):
            if name in self.valid:
                return self.valid[name]()
        return inspect.Parameter.empty


def _execution(lab: terrarium.Lab) -> Any:
    """A pipeline's execution that has ended, of a state machine without jobs."""
    states: Any = boto3.client("stepfunctions")
    name = lab.manifest.pipelines.names[0]
    states.create_state_machine(
        name=lab.manifest.pipelines.state_machine_arn(name).rpartition(":")[2],
        definition=json.dumps(_MACHINE),
        roleArn=create_role("bad-values-states", "states.amazonaws.com"),
    )
    states.start_execution(
        stateMachineArn=lab.manifest.pipelines.state_machine_arn(name),
        name="once",
        input=json.dumps({"parameters": {}, "trigger": {"kind": "hand"}}),
    )
    return lab.pipelines.wait(lab.pipelines.execution(name, "once"), seconds=60)


def _requirement() -> terrarium.DataRequirement:
    return terrarium.DataRequirement(
        dataset=DATASET,
        purpose="training",
        columns=(RequiredColumn(name="customer_id", meaning="the customer"),),
        owner="crm",
        consumer="churn",
    )


def _valid(
    lab: terrarium.Lab, files: Path, subjects: Mapping[str, Any], *, runs: list[str], spare: str
) -> dict[str, Callable[[], Any]]:
    """Return right values by the name of a parameter, and by class and method where one name means several things."""
    by_name: dict[str, Any] = {
        "after": (),
        "alias": "champion",
        "at": datetime(2026, 2, 1, tzinfo=UTC),
        "base": subjects["dataset"].snapshot_id,
        "by": "customer_id",
        "checked_by": None,
        "code": None,
        "column": "amount",
        "columns": None,
        "command": ["true"],
        "constraints": (NotNull(column="customer_id"),),
        "content": b"content",
        "data": customers(),
        "dataset": DATASET,
        "defined": "json:loads",
        "depends_on": (),
        "description": "described",
        "destination": files / "destination",
        "direction": "maximize",
        "entities": _rows(),
        "environment": lab.environment,
        "execution": subjects["execution"],
        "features": [f"{VIEW}:minutes"],
        "folder": files / "exported",
        "inputs": {"x": subjects["reference"].uri},
        "job_id": subjects["job"].id,
        "lab": lab,
        "limit": 5,
        "maximize": True,
        "metric": "roc_auc",
        "metrics": {"roc_auc": 0.5},
        "name": DATASET,
        "older_than": timedelta(days=3650),
        "on": "customer_id",
        "order_by": "started desc",
        "owner": "tests",
        "packages": None,
        "parameters": (),
        "params": {"depth": 3},
        "partition_by": ("region",),
        "path": files / "content.txt",
        "pool": "cpu",
        "progress": False,
        "reason": "for a test",
        "ref": subjects["reference"],
        "reference": f"{MODEL}/1",
        "remark": "fine",
        "requirement": subjects["requirement"],
        "run": runs[0],
        "run_id": runs[0],
        "runs": runs[0],
        "seconds": 5.0,
        "service": "s3",
        "snapshot": subjects["dataset"].snapshot_id,
        "sort_by": ("amount",),
        "source": files / "content.txt",
        "splits": subjects["record"].splits,
        "sql": f'SELECT count(*) AS n FROM "{lab.warehouse.table_name(DATASET)}"',
        "step": "train",
        "tags": {"team": "tests"},
        "text": runs[0],
        "time": datetime.now(UTC),
        "timeout": 30.0,
        "until": datetime(2026, 2, 1, tzinfo=UTC),
        "use_case": USE_CASE,
        "validation": terrarium.HoldOut(),
        "view": VIEW,
        "views": VIEW,
        "where": None,
    }
    by_method: dict[str, Any] = {
        "Artifacts.put.name": "bad/content.txt",
        "Artifacts.put_bytes.name": "bad/content.bin",
        "Artifacts.latest.name": "bad/content.bin",
        "Compute.submit.name": "bad",
        "Compute.submit.tags": {"team": "tests"},
        "Datasets.create.tags": ("pii",),
        "Datasets.describe.tags": ("pii",),
        "Datasets.create.columns": {"amount": "money"},
        "Datasets.describe.columns": {"amount": "money"},
        "Datasets.drop.name": SPARE,
        "Datasets.search.tag": "pii",
        "Experiments.delete.runs": spare,
        "Experiments.restore.runs": spare,
        "Experiments.runs.name": MODEL,
        "Experiments.runs.where": "",
        "Experiments.runs.order_by": "metrics.roc_auc desc",
        "Experiment.run.name": "bad",
        "Features.apply.views": subjects["view"],
        "Features.get.name": VIEW,
        "Features.history.name": VIEW,
        "Features.write.data": _usage(),
        "Models.submit.name": MODEL,
        "Models.versions.name": MODEL,
        "Models.alias_history.name": MODEL,
        "Models.remove_alias.name": MODEL,
        "Models.search.where": "",
        "Pipelines.start.name": subjects["execution"].pipeline,
        "Pipelines.executions.name": subjects["execution"].pipeline,
        "Pipelines.execution.name": subjects["execution"].pipeline,
        "Pipelines.execution.execution": "once",
        "Rows.choose.columns": ["region"],
        "Warehouse.table_name.dataset": DATASET,
        "Warehouse.dataset_name.table": lab.warehouse.table_name(DATASET),
        "Session.assume_role.role_arn": lab.manifest.roles.scientist_arn,
        "terrarium.Step.run": "json:loads",
        "terrarium.Step.name": "train",
        "terrarium.Pipeline.name": "bad",
        "terrarium.Pipeline.steps": [_step()],
        "terrarium.Pipeline.parameters": {"least": 0.5},
        "terrarium.Pipeline.schedule": "rate(1 day)",
    }
    return {name: partial(_same, value) for name, value in (by_name | by_method).items()}


def _same(value: Any) -> Any:
    return value
