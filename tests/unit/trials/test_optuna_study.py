"""Valid results of an objective, and the best trial of a study."""

import math
from collections.abc import Callable

import numpy as np
import optuna
import pytest

from terrarium.record import SearchRecord, Trial
from terrarium.trials.optuna_best import best_of_study
from terrarium.trials.optuna_study import values_of
from terrarium.trials.search import best_by_value


@pytest.mark.parametrize(
    ("returned", "values"),
    [
        (0.5, [0.5]),
        (np.float32(0.5), [0.5]),
        ([0.5], [0.5]),
        (math.inf, [math.inf]),
        (None, None),
        ("0.5", None),
        (["0.5"], None),
        ([0.5, 0.6], None),
        ([], None),
        ({"roc_auc": 0.5}, None),
        (np.array([0.5, 0.6]), None),
        (10**400, None),
    ],
)
def test_what_optuna_counts_as_failed_is_no_value(returned: object, values: list[float] | None) -> None:
    assert values_of(returned, objectives=1) == values


def test_there_are_as_many_values_as_objectives() -> None:
    assert values_of((1, 2.5), objectives=2) == [1.0, 2.5]


def search_of(study: optuna.Study, *, numbers: set[int] | None = None) -> SearchRecord:
    trials = tuple(
        Trial(number=trial.number, params={}, values=tuple(trial.values or ()), state="COMPLETE")
        for trial in study.trials
        if numbers is None or trial.number in numbers
    )
    directions = tuple(direction.name.lower() for direction in study.directions)
    return SearchRecord.model_validate(
        {"tool": "optuna", "sampler": "", "trials": trials, "direction": directions}
    )


def run(
    objective: Callable[[optuna.Trial], float],
    *,
    trials: int,
    sampler: optuna.samplers.BaseSampler | None = None,
) -> optuna.Study:
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=trials)
    return study


def test_a_trial_of_nan_is_never_the_best() -> None:
    values = [math.nan, 0.5, 0.9, 0.7]
    study = run(lambda trial: values[trial.number], trials=4)
    assert best_of_study(study)(search_of(study)) == study.best_trial.number == 2


def test_a_trial_that_breaks_a_constraint_is_not_the_best() -> None:
    values = [0.5, 0.9, 0.7]
    sampler = optuna.samplers.TPESampler(
        seed=7, constraints_func=lambda trial: (1.0 if trial.number == 1 else -1.0,)
    )
    study = run(lambda trial: values[trial.number], trials=3, sampler=sampler)
    assert best_of_study(study)(search_of(study)) == study.best_trial.number == 2


def test_no_trial_is_the_best_where_none_meets_the_constraints() -> None:
    sampler = optuna.samplers.TPESampler(seed=7, constraints_func=lambda _: (1.0,))
    study = run(lambda trial: float(trial.number), trials=2, sampler=sampler)
    assert best_of_study(study)(search_of(study)) is None


def test_of_several_objectives_the_best_lies_on_the_pareto_front() -> None:
    values = [(0.5, 9.0), (0.9, 2.0), (0.9, 1.0)]
    study = optuna.create_study(directions=["maximize", "minimize"])
    study.optimize(lambda trial: values[trial.number], n_trials=3)
    assert best_of_study(study)(search_of(study)) == 2


def test_a_run_that_shares_a_study_has_the_best_of_its_own_trials() -> None:
    values = [0.5, 0.9, 0.7, 0.6]
    study = run(lambda trial: values[trial.number], trials=4)
    assert best_of_study(study)(search_of(study, numbers={0, 3})) == 3


@pytest.mark.parametrize(
    ("values", "direction", "best"),
    [
        ([math.nan, 0.5, 0.9, 0.9], "maximize", 2),
        ([math.nan, 0.5, 0.9], "minimize", 1),
        ([-math.inf, math.nan], "maximize", 0),
        ([math.nan], "maximize", None),
        ([], "maximize", None),
    ],
)
def test_the_best_of_a_loop_is_a_number(values: list[float], direction: str, best: int | None) -> None:
    trials = [{"number": number, "params": {}, "values": [value]} for number, value in enumerate(values)]
    search = SearchRecord.model_validate(
        {"tool": "loop", "sampler": "loop", "direction": [direction], "trials": trials}
    )
    assert best_by_value(search) == best
