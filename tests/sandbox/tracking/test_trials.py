"""Hyperparameter searches: every trial is a nested run, and the searching run records all trials."""

import threading
from typing import Any

import mlflow
import numpy as np
import optuna
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import FitFailedWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - makes HalvingGridSearchCV importable
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV

import terrarium
from terrarium.errors import InvalidRequestError
from terrarium.experiments.errors import SearchRefusedError
from terrarium.metadata.errors import SchemaMissingError
from terrarium.record import RunRecord, SearchRecord
from terrarium.record.storage import read_record
from terrarium.trials.optuna_study import optuna_storage
from tests.support.provisioning.environment import Account, new_environment
from tests.unit.record.examples import USE_CASE

pytest_plugins = ["tests.support.sdk_environment"]


def record_of(lab: terrarium.Lab, run_id: str) -> RunRecord:
    return read_record(mlflow.MlflowClient(f"terrarium://{lab.environment}"), run_id)


def search_of(lab: terrarium.Lab, run_id: str) -> SearchRecord:
    hyperparameters = record_of(lab, run_id).hyperparameters
    assert hyperparameters is not None
    assert hyperparameters.search is not None
    return hyperparameters.search


def trials_of(lab: terrarium.Lab, experiment: str, run_id: str) -> dict[str, terrarium.RunSummary]:
    found = lab.experiments.runs(experiment, where=f"tags.mlflow.parentRunId == '{run_id}'")
    return {run.id: run for run in found}


def test_a_plain_loop(lab: terrarium.Lab) -> None:
    splits = terrarium.Splits.of({"train": load_iris().data}, dataset="iris", seed=7)
    with lab.experiment("loop").run(splits=splits, validation=terrarium.HoldOut()) as run:
        search = run.search(metric="roc_auc", space={"depth": [1, 2, 3]})
        for depth in (1, 3, 2):
            with search.trial({"depth": depth}) as trial:
                trial.log_metrics({"roc_auc": depth / 10})
        with pytest.raises(ValueError, match="broken"), search.trial({"depth": 9}) as trial:
            raise ValueError("broken")
    assert search.best is not None
    assert (search.best.number, search.best.params) == (1, {"depth": 3})
    on_record = search_of(lab, run.id)
    assert on_record.best == 1
    assert [trial.state for trial in on_record.trials] == ["COMPLETE"] * 3 + ["FAIL"]
    runs = trials_of(lab, "loop", run.id)
    assert set(runs) == {trial.run for trial in on_record.trials}
    best = runs[search.best.run or ""]
    assert (best.params, best.metrics) == ({"depth": "3"}, {"roc_auc": 0.3})
    assert best.tags["terrarium.trial.number"] == "1"
    of_trial = record_of(lab, best.id)
    assert of_trial.parent == run.id
    assert of_trial.splits == splits
    assert of_trial.evaluation is not None
    assert of_trial.evaluation.validation == terrarium.HoldOut()


def test_optuna(lab: terrarium.Lab) -> None:
    def objective(trial: optuna.Trial, run: terrarium.Run) -> float:
        x = trial.suggest_float("x", -1, 1)
        run.log_metrics({"loss": abs(x)}, step=1)
        if trial.number == 2:
            raise optuna.TrialPruned
        return x * x

    with lab.experiment("optuna").run() as run:
        study = run.optimize(
            objective,
            trials=5,
            metric="squared",
            direction="minimize",
            sampler=optuna.samplers.TPESampler(seed=7),
        )
    on_record = search_of(lab, run.id)
    assert (on_record.tool, on_record.sampler, on_record.direction) == ("optuna", "TPESampler", ("minimize",))
    assert on_record.space["x"]["attributes"]["low"] == -1  # type: ignore[call-overload, index]
    assert [trial.state for trial in on_record.trials].count("PRUNED") == 1
    assert on_record.best == study.best_trial.number
    runs = trials_of(lab, "optuna", run.id)
    assert len(runs) == 5
    best = runs[study.best_trial.user_attrs["terrarium.run"]]
    assert best.params == {"x": str(study.best_params["x"])}
    assert best.metrics["squared"] == pytest.approx(study.best_value)
    stored = optuna.load_study(study_name=study.study_name, storage=optuna_storage(lab.metadata))
    assert stored.best_value == study.best_value


def test_trials_in_several_threads_are_separate(lab: terrarium.Lab) -> None:
    together = threading.Barrier(2, timeout=60)

    def objective(trial: optuna.Trial, run: terrarium.Run) -> float:
        together.wait()
        run.log_metrics({"number": trial.number})
        return float(trial.number)

    with lab.experiment("threads").run() as run:
        run.optimize(objective, trials=4, jobs=2)
    runs = trials_of(lab, "threads", run.id)
    for trial in search_of(lab, run.id).trials:
        assert runs[trial.run or ""].metrics == {"number": trial.number, "objective": trial.number}


def test_a_broken_objective_ends_the_search_and_is_on_record(lab: terrarium.Lab) -> None:
    def objective(trial: optuna.Trial, run: terrarium.Run) -> float:  # noqa: ARG001 - Optuna's call
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"), lab.experiment("broken search").run() as run:
        run.optimize(objective, trials=3)
    (trial,) = search_of(lab, run.id).trials
    assert trial.state == "FAIL"
    assert trials_of(lab, "broken search", run.id)[trial.run or ""].status == "FAILED"


def test_searches_of_scikit_learn(lab: terrarium.Lab) -> None:
    features, target = load_iris(return_X_y=True)
    grid = GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.01, 1.0]}, cv=3).fit(features, target)
    with lab.experiment("grid").run() as run:
        run.log_search(grid)
    on_record = search_of(lab, run.id)
    assert (on_record.sampler, on_record.space, on_record.best) == (
        "GridSearchCV",
        {"C": [0.01, 1.0]},
        grid.best_index_,
    )
    runs = trials_of(lab, "grid", run.id)
    scores = {run.params["C"]: run.metrics["score"] for run in runs.values()}
    assert scores == {
        str(params["C"]): pytest.approx(score)
        for params, score in zip(grid.cv_results_["params"], grid.cv_results_["mean_test_score"], strict=True)
    }
    record = record_of(lab, run.id)
    assert record.evaluation is not None
    assert record.evaluation.validation == terrarium.Stratified(folds=3, shuffle=False)
    assert len(record.evaluation.over_folds["score"].folds) == 3
    assert record.hyperparameters is not None
    assert record.hyperparameters.params == {"C": str(grid.best_params_["C"])}


def test_a_search_with_a_candidate_that_cannot_be_fitted(lab: terrarium.Lab) -> None:
    features, target = load_iris(return_X_y=True)
    grid = GridSearchCV(LogisticRegression(max_iter=500), {"C": [-1.0, 0.01, 1.0]}, cv=3)
    with pytest.warns(FitFailedWarning):
        grid.fit(features, target)
    with lab.experiment("grid with failures").run() as run:
        run.log_search(grid)
    on_record = search_of(lab, run.id)
    assert on_record.best == grid.best_index_
    assert [trial.state for trial in on_record.trials] == ["FAIL", "COMPLETE", "COMPLETE"]
    assert np.isnan(on_record.trials[0].values[0])


def simplest(results: dict[str, Any]) -> int:
    """Choose the first candidate, as those do who prefer the simplest of the good ones."""
    assert len(results["params"]) == 2
    return 0


def test_a_candidate_that_a_function_chooses_is_the_best(lab: terrarium.Lab) -> None:
    features, target = load_iris(return_X_y=True)
    estimator, space = LogisticRegression(max_iter=500), {"C": [0.0001, 1.0]}
    grid = GridSearchCV(estimator, space, cv=3, refit=simplest).fit(features, target)
    assert np.argmax(grid.cv_results_["mean_test_score"]) == 1
    with lab.experiment("grid by a function").run() as run:
        run.log_search(grid)
    record = record_of(lab, run.id)
    assert record.hyperparameters is not None
    assert record.hyperparameters.params == {"C": "0.0001"}
    assert search_of(lab, run.id).best == 0


def test_halving_has_the_best_of_its_last_round(lab: terrarium.Lab) -> None:
    features, target = load_iris(return_X_y=True)
    search = HalvingGridSearchCV(
        LogisticRegression(max_iter=500), {"C": [0.001, 0.1, 1.0]}, cv=2, random_state=7, min_resources=30
    ).fit(features, target)
    with lab.experiment("halving").run() as run:
        run.log_search(search)
    on_record = search_of(lab, run.id)
    assert on_record.best == search.best_index_
    assert len(on_record.trials) == len(search.cv_results_["params"]) > 3


def test_a_search_that_was_not_fitted_is_refused(lab: terrarium.Lab) -> None:
    with (
        lab.experiment("unfitted").run() as run,
        pytest.raises(SearchRefusedError, match="log a fitted search"),
    ):
        run.log_search(GridSearchCV(LogisticRegression(), {"C": [1.0]}))


def test_the_use_case_decides_about_metric_and_direction(lab: terrarium.Lab) -> None:
    forecast = USE_CASE.model_copy(
        update={"name": "forecast", "evaluation_metric": "rmse", "direction": "minimize"}
    )
    with lab.experiment(forecast).run() as run:
        study = run.optimize(lambda trial, _: (trial.suggest_float("x", -10, 10) - 2) ** 2, trials=5)
        search = run.search()
        for depth, rmse in enumerate((0.9, 0.1, 0.5)):
            with search.trial({"depth": depth}) as trial:
                trial.log_metrics({"rmse": rmse})
    assert study.best_value == min(trial.value or 0.0 for trial in study.trials)
    assert search.best is not None
    assert search.best.params == {"depth": 1}
    on_record = search_of(lab, run.id)
    assert (on_record.metric, on_record.direction) == ("rmse", ("minimize",))


def test_an_objective_that_returns_no_number_fails_its_trial_alone(lab: terrarium.Lab) -> None:
    returned: list[Any] = [float("nan"), None, "much", 0.9, 0.5]
    with lab.experiment("odd objective").run() as run:
        study = run.optimize(lambda trial, _: returned[trial.number], trials=5, metric="roc_auc")
    on_record = search_of(lab, run.id)
    assert [trial.state for trial in on_record.trials] == ["FAIL"] * 3 + ["COMPLETE"] * 2
    assert [trial.state for trial in on_record.trials] == [trial.state.name for trial in study.trials]
    assert on_record.best == study.best_trial.number == 3
    tags = {run.tags["terrarium.trial.state"] for run in trials_of(lab, "odd objective", run.id).values()}
    assert tags == {"FAIL", "COMPLETE"}


def test_constraints_of_a_sampler_count(lab: terrarium.Lab) -> None:
    sampler = optuna.samplers.TPESampler(
        seed=7, constraints_func=lambda trial: (1.0 if trial.number == 1 else -1.0,)
    )
    values = [0.5, 0.9, 0.7]
    with lab.experiment("constraints").run() as run:
        run.optimize(lambda trial, _: values[trial.number], trials=3, metric="roc_auc", sampler=sampler)
    assert search_of(lab, run.id).best == 2


def test_a_study_is_not_searched_in_another_direction(lab: terrarium.Lab) -> None:
    with lab.experiment("directions").run() as run:
        run.optimize(lambda *_: 1.0, trials=1, metric="loss", study="directions")
        with pytest.raises(SearchRefusedError, match=r"\['minimize'\], not \['maximize'\]"):
            run.optimize(lambda *_: 1.0, trials=1, metric="gain", study="directions")
        with pytest.raises(InvalidRequestError, match="maximize"):
            run.optimize(lambda *_: 1.0, trials=1, metric="gain", direction="up")  # type: ignore[arg-type]


def test_optunas_schema_is_the_deployers_matter(account: Account) -> None:  # noqa: ARG001 - somebody
    from terrarium.aws import Session
    from terrarium.metadata.migration import migrate
    from terrarium.metadata.optuna_schema import OPTUNA_SCHEMA

    manifest = new_environment("untuned")
    migrate(manifest, session=Session(), say=lambda _: None)
    lab = terrarium.connect("untuned")
    assert optuna_storage(lab.metadata).get_all_studies() == []
    with lab.metadata.owner.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {OPTUNA_SCHEMA} CASCADE")
    with pytest.raises(SchemaMissingError, match="terrarium migrate untuned"):
        optuna_storage(lab.metadata)
