"""Refused values leave a run unchanged: it continues, and its record can be read."""

import math
from collections.abc import Callable
from typing import Any

import mlflow
import pytest

import terrarium
from terrarium.errors import Error
from terrarium.record import Evaluation
from terrarium.record.storage import read_record
from tests.unit.record.examples import USE_CASE

pytest_plugins = ["tests.support.sdk_environment"]

_BAD: list[tuple[str, Callable[[Any], Any]]] = [
    ("a metric beyond floats", lambda run: run.log_metrics({"loss": 10**400})),
    ("a metric of text", lambda run: run.log_metrics({"loss": "0.5"})),
    ("a metric with a newline", lambda run: run.log_metrics({"loss\n": 0.5})),
    ("metrics without names", lambda run: run.log_metrics([0.5])),
    ("an infinite step", lambda run: run.log_metrics({"loss": 0.5}, step=math.inf)),
    ("half a step", lambda run: run.log_metrics({"loss": 0.5}, step=1.5)),
    ("a step of truth", lambda run: run.log_metrics({"loss": 0.5}, step=True)),
    ("no folds", lambda run: run.log_fold_metrics({"auc": []})),
    ("a fold of text", lambda run: run.log_fold_metrics({"auc": [0.9, "much"]})),
    ("NUL in a param", lambda run: run.log_params({"text": "a\0b"})),
    ("a lone surrogate in a param", lambda run: run.log_params({"text": "\ud800"})),
    ("a param of another name", lambda run: run.log_params({"a$b": 1})),
    ("a long name of a param", lambda run: run.log_params({"x" * 251: 1})),
    ("another value of a param", lambda run: run.log_params({"depth": 4})),
    ("another value of a param that MLflow logged", lambda run: run.log_params({"by_mlflow": 2})),
    ("NUL in a tag", lambda run: run.set_tags({"text": "a\0b"})),
    ("a lone surrogate in a tag", lambda run: run.set_tags({"text": "\ud800"})),
    ("splits of another type", lambda run: run.log_splits({"train": 1})),
    ("a procedure's name", lambda run: run.log_validation("holdout")),
    ("an architecture that is not text", lambda run: run.log_architecture("\ud800")),
    ("a missing file", lambda run: run.log_artifact("nowhere.txt")),
    ("a model of no flavor", lambda run: run.log_model(object())),
    ("a dataset's name", lambda run: run.use("telco.customers")),
    ("a nested run of NUL", lambda run: run.nested("a\0b")),
    ("a search by another name", lambda run: run.search(metric="loss\n")),
]


def test_refused_values_are_not_stored_and_the_run_continues(lab: terrarium.Lab) -> None:
    with lab.experiment("refusals").run(params={"depth": 3}) as run:
        mlflow.log_param("by_mlflow", 1)
        for what, log in _BAD:
            before = run.record
            with pytest.raises(Error) as refused:
                log(run)
            assert refused.value.remedy, what
            assert run.record == before, what
        run.log_metrics({"loss": 0.5})
    found = lab.experiments.client.get_run(run.id)
    assert found.info.status == "FINISHED"
    record = read_record(lab.experiments.client, run.id)
    assert record.evaluation == Evaluation(metrics={"loss": 0.5})
    assert record.hyperparameters is not None
    assert record.hyperparameters.params == {"depth": "3", "by_mlflow": "1"}
    assert (record.splits, record.architecture) == (None, None)


@pytest.mark.parametrize(
    "stated",
    [
        {"params": {"text": "a\0b"}},
        {"params": {"x" * 251: 1}},
        {"params": ["depth"]},
        {"tags": {"a[b]": "1"}},
        {"tags": {"text": "\ud800"}},
        {"name": "x" * 600},
        {"name": "a\0b"},
        {"splits": {"train": 1}},
        {"validation": "holdout"},
        {"seed": "7"},
    ],
)
def test_a_run_that_cannot_be_kept_does_not_begin(lab: terrarium.Lab, stated: dict[str, Any]) -> None:
    with pytest.raises(Error), lab.experiment("never begun").run(**stated):
        pass
    assert "never begun" not in lab.experiments.names()
    assert mlflow.active_run() is None


@pytest.mark.parametrize(
    "named", [None, "", "x" * 501, "a\0b", USE_CASE.model_copy(update={"name": "x" * 501})]
)
def test_an_experiment_has_a_name(lab: terrarium.Lab, named: Any) -> None:
    with pytest.raises(Error, match="experiment"):
        lab.experiment(named)


def test_long_texts_are_cut_as_mlflow_cuts_them(lab: terrarium.Lab) -> None:
    with lab.experiment("texts").run(
        "x" * 250, params={"text": "a" * 7000}, tags={"text": "x" * 9000}
    ) as run:
        pass
    found = lab.experiments.client.get_run(run.id)
    assert (len(found.data.params["text"]), len(found.data.tags["text"])) == (6000, 8000)
