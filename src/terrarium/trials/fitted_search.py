"""Fitted searches of scikit-learn (`GridSearchCV`, …): each candidate becomes a nested run with its folds."""

import math
import re
from typing import Any

from terrarium.record import Grouped, KFold, SearchRecord, Stratified, TimeSeries, ValidationProcedure
from terrarium.trials._trial_run import TrialRun
from terrarium.trials.json_values import json_object
from terrarium.trials.search import HyperparameterSearch

__all__ = ["procedure_of", "record_fitted_search", "space_of"]


def record_fitted_search(run: TrialRun, fitted: Any) -> None:
    """Record a fitted search in a run, and each of its candidates in a nested run.

    Args:
        run: The run of the search.
        fitted: The fitted search, e.g. a `GridSearchCV`, `RandomizedSearchCV` or `HalvingGridSearchCV`.
    """
    results = fitted.cv_results_
    metrics = _metrics(results)
    decisive = _decisive_metric(fitted, metrics)
    best = _best(fitted)
    if run.record.evaluation and run.record.evaluation.validation is None:
        procedure = procedure_of(fitted)
        if procedure is not None:
            run.log_validation(procedure)
    search = HyperparameterSearch(
        run,
        SearchRecord(
            tool="scikit-learn",
            sampler=type(fitted).__name__,
            settings=_settings(fitted),
            space=space_of(fitted),
            metric=decisive,
        ),
        choose=lambda _: best,
    )
    for number, params in enumerate(results["params"]):
        with search.nested(number, json_object(params)) as trial:
            folds = {metric: _folds(results, metric, number) for metric in metrics}
            trial.log_fold_metrics(folds)
            trial.log_metrics({"mean_fit_time": results["mean_fit_time"][number]})
            failed = any(map(math.isnan, folds[decisive or metrics[0]]))
            search.ended(
                trial,
                number,
                params,
                values=None if decisive else [],
                # scikit-learn scores a candidate with a failed fit with `error_score`, by default NaN.
                state="FAIL" if failed else "COMPLETE",
            )
    if best is not None:
        run.log_params(json_object(results["params"][best]))
        run.log_fold_metrics({metric: _folds(results, metric, best) for metric in metrics})


def _decisive_metric(fitted: Any, metrics: list[str]) -> str | None:
    """Return the metric that selected the best candidate; None if a function of several metrics or nothing did."""
    if isinstance(fitted.refit, str):
        return fitted.refit
    return metrics[0] if len(metrics) == 1 else None


def _best(fitted: Any) -> int | None:
    """Return scikit-learn's best candidate: by score, by `refit`, or of the last iteration of a halving search."""
    index = getattr(fitted, "best_index_", None)
    return None if index is None else int(index)


def _metrics(results: Any) -> list[str]:
    return [name.removeprefix("mean_test_") for name in results if name.startswith("mean_test_")]


def _folds(results: Any, metric: str, candidate: int) -> list[float]:
    splits = [name for name in results if re.fullmatch(rf"split\d+_test_{re.escape(metric)}", name)]
    return [float(results[name][candidate]) for name in splits]


def _settings(fitted: Any) -> dict[str, Any]:
    own = fitted.get_params(deep=False)
    spaces = ("estimator", "param_grid", "param_distributions")
    return json_object({name: value for name, value in own.items() if name not in spaces})


def space_of(fitted: Any) -> dict[str, Any]:
    """Return the values or distribution of each hyperparameter of a search."""
    space = getattr(fitted, "param_grid", None) or getattr(fitted, "param_distributions", {})
    return json_object(space if isinstance(space, dict) else {"alternatives": list(space)})


def procedure_of(fitted: Any) -> ValidationProcedure | None:
    """Return the validation procedure of a search, or None if it is not a known one."""
    folds, given = fitted.n_splits_, fitted.cv
    if given is None or isinstance(given, int):
        from sklearn.base import is_classifier

        classifier = is_classifier(fitted.estimator)
        return Stratified(folds=folds, shuffle=False) if classifier else KFold(folds=folds, shuffle=False)
    seed = given.random_state if isinstance(getattr(given, "random_state", None), int) else None
    shuffle = bool(getattr(given, "shuffle", False))
    match type(given).__name__:
        case "KFold":
            return KFold(folds=folds, shuffle=shuffle, seed=seed)
        case "StratifiedKFold":
            return Stratified(folds=folds, shuffle=shuffle, seed=seed)
        case "GroupKFold":
            return Grouped(by="groups", folds=folds, shuffle=shuffle, seed=seed)
        case "TimeSeriesSplit":
            return TimeSeries(
                folds=folds, gap=given.gap, test_size=given.test_size, max_train_size=given.max_train_size
            )
        case _:
            return None
