"""The best trial of an Optuna study."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from terrarium.record import SearchRecord

if TYPE_CHECKING:
    import optuna

__all__ = ["best_of_study"]


def best_of_study(study: "optuna.Study") -> "Callable[[SearchRecord], int | None]":
    """Return the function that selects Optuna's best trial of a search.

    It respects constraints. With several objectives, the first one decides among the trials on the Pareto front. If
    several runs share the study, it selects the best trial of this run.
    """

    def choose(search: SearchRecord) -> int | None:
        own = {trial.number for trial in search.trials}
        best = _best(study, maximize=search.direction[0] == "maximize")
        if best is None or best in own:
            return best
        return _best_among(study, own, maximize=search.direction[0] == "maximize")

    return choose


def _best_among(study: "optuna.Study", numbers: set[int], *, maximize: bool) -> int | None:
    import optuna

    # Optuna selects among all trials of a study, so the trials of this run are copied to a temporary study.
    own = [trial for trial in study.get_trials(deepcopy=False) if trial.number in numbers]
    of_this_run = optuna.create_study(directions=study.directions)
    of_this_run.add_trials([trial for trial in own if trial.state.is_finished()])
    best = _best(of_this_run, maximize=maximize)
    finished = [trial.number for trial in own if trial.state.is_finished()]
    return None if best is None else finished[best]


def _best(study: "optuna.Study", *, maximize: bool) -> int | None:
    try:
        if len(study.directions) == 1:
            return study.best_trial.number
    except ValueError:  # no trial is complete, or none meets the constraints
        return None
    choose = max if maximize else min
    front = choose(study.best_trials, key=lambda trial: trial.values[0], default=None)
    return front.number if front else None
