"""The record of a run: captured and stated values, and their storage."""

import hashlib
import logging
import subprocess
from pathlib import Path

import mlflow
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import terrarium
from terrarium.record import RunRecord
from terrarium.record.errors import RecordMissingError
from terrarium.record.storage import read_record
from tests.unit.record.examples import USE_CASE

pytest_plugins = ["tests.support.sdk_environment"]


def client(lab: terrarium.Lab) -> mlflow.MlflowClient:
    return mlflow.MlflowClient(f"terrarium://{lab.environment}")


def record_of(lab: terrarium.Lab, run: terrarium.Run) -> RunRecord:
    return read_record(client(lab), run.id)


def test_a_run_that_states_everything_misses_nothing(lab: terrarium.Lab) -> None:
    features, target = load_iris(return_X_y=True)
    splits = terrarium.Splits.of(
        {"train": (features[::2], target[::2]), "validation": (features[1::2], target[1::2])},
        dataset="iris",
        strategy="every other row",
    )
    with lab.experiment(USE_CASE).run(
        params={"C": 1.0}, splits=splits, validation=terrarium.HoldOut(), seed=7
    ) as run:
        assert "architecture" in {gap.what for gap in run.record.missing()}
        model = LogisticRegression(max_iter=500).fit(features[::2], target[::2])
        run.log_metrics({"accuracy": float(model.score(features[1::2], target[1::2]))})
        run.log_model(model)
        assert not {gap.what for gap in run.record.missing()} - {"code.commit"}
    record = record_of(lab, run)
    assert record.use_case == USE_CASE
    assert record.splits == splits
    assert record.seeds is not None
    assert record.seeds.given["run"] == 7
    assert record.architecture is not None
    assert record.architecture.name.endswith("LogisticRegression")
    assert record.infrastructure is not None
    assert record.infrastructure.stack_digest == lab.manifest.stack_digest
    assert record.evaluation is not None
    assert record.evaluation.metrics["accuracy"] > 0.9


def test_mlflows_own_views_show_it(lab: terrarium.Lab) -> None:
    splits = terrarium.Splits.of({"train": np.arange(3)}, dataset="telco.customers")
    with lab.experiment("shown").run(splits=splits, validation=terrarium.KFold(folds=3)) as run:
        pass
    commit = record_of(lab, run).code
    assert commit is not None
    found = client(lab).search_runs(
        [client(lab).get_run(run.id).info.experiment_id],
        filter_string="dataset.name = 'telco.customers' and dataset.context = 'train'"
        f" and tags.`terrarium.code.commit` = '{commit.commit}'"
        " and tags.`terrarium.validation` LIKE 'KFold%'",
    )
    assert [entry.info.run_id for entry in found] == [run.id]


def test_uncommitted_code_is_kept_as_a_patch(
    lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "train.py").write_text("print('new')\n")
    monkeypatch.chdir(tmp_path)
    with lab.experiment("patched").run() as run:
        pass
    code = record_of(lab, run).code
    assert code is not None
    assert code.dirty
    patch = Path(client(lab).download_artifacts(run.id, "record/code.patch")).read_bytes()
    assert b"+print('new')" in patch
    assert code.patch_digest == f"sha256:{hashlib.sha256(patch).hexdigest()}"


def test_the_use_case_of_an_experiment_can_be_restated(lab: terrarium.Lab) -> None:
    first = USE_CASE.model_copy(update={"name": "renewed"})
    second = first.model_copy(update={"business_impact": "twice as much"})
    with lab.experiment(first).run() as run:
        pass
    assert lab.experiment("renewed").use_case == first
    with lab.experiment(second).run():
        pass
    assert lab.experiment("renewed").use_case == second
    assert record_of(lab, run).use_case == first
    assert lab.experiment("never begun").use_case is None


def test_a_run_by_name_finds_the_use_case_of_its_experiment(lab: terrarium.Lab) -> None:
    card = USE_CASE.model_copy(update={"name": "by name"})
    with lab.experiment(card).run():
        pass
    with lab.experiment("by name").run() as run:
        pass
    assert record_of(lab, run).use_case == card


def test_metrics_over_folds_have_a_spread(lab: terrarium.Lab) -> None:
    with lab.experiment("folds").run() as run:
        run.log_fold_metrics({"roc_auc": [0.8, 0.9, 1.0]})
    metrics = client(lab).get_run(run.id).data.metrics
    assert metrics["roc_auc"] == pytest.approx(0.9)
    assert metrics["roc_auc.spread"] == pytest.approx(0.1)
    assert len(client(lab).get_metric_history(run.id, "roc_auc.fold")) == 3
    record = record_of(lab, run)
    assert record.evaluation is not None
    assert record.evaluation.over_folds["roc_auc"].folds == (0.8, 0.9, 1.0)


def test_values_of_autologging_are_on_the_record(lab: terrarium.Lab) -> None:
    features, target = load_iris(return_X_y=True)
    mlflow.sklearn.autolog(log_models=False)
    try:
        with lab.experiment("record of autologging").run() as run:
            LogisticRegression(max_iter=500).fit(features, target)
    finally:
        mlflow.sklearn.autolog(disable=True)
    record = record_of(lab, run)
    assert record.hyperparameters is not None
    assert record.hyperparameters.params["max_iter"] == "500"
    assert record.evaluation is not None
    assert record.evaluation.metrics["training_accuracy_score"] > 0.9


def test_a_capture_that_fails_breaks_no_run(lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with lab.experiment("without git").run() as run:
        pass
    record = record_of(lab, run)
    assert record.code is None
    assert "git" in record.failures["code"]


def test_plain_mlflow_runs_have_no_record(lab: terrarium.Lab) -> None:
    with lab.experiment("record of plain mlflow").run() as run:
        pass
    bare = client(lab).create_run(client(lab).get_run(run.id).info.experiment_id)
    with pytest.raises(RecordMissingError, match=bare.info.run_id):
        read_record(client(lab), bare.info.run_id)


def test_errors_of_statements_are_not_printed_twice(
    lab: terrarium.Lab, caplog: pytest.LogCaptureFixture
) -> None:
    """psycopg logs a failed pipeline besides raising; MLflow fails on purpose where a parameter exists already."""
    with lab.experiment("conflict").run(params={"a": 1, "b": 2}) as run:
        with pytest.raises(Exception, match="already logged"):
            client(lab).log_batch(run.id, params=[mlflow.entities.Param("a", "2")])
        rows = [{"key": "a", "value": "3", "run": run.id}] * 2
        insert = "INSERT INTO params (key, value, run_uuid) VALUES (%(key)s, %(value)s, %(run)s)"
        with pytest.raises(Exception, match="duplicate key"), lab.metadata.writer.begin() as connection:
            connection.exec_driver_sql(insert, rows)
    assert not [
        entry for entry in caplog.records if entry.name == "psycopg" and entry.levelno >= logging.WARNING
    ]
