"""A search for hyperparameters, as a plain loop runs it; Optuna and scikit-learn are recorded by it, too."""

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, Literal

from terrarium.arguments import checked_methods
from terrarium.record import SearchRecord, Trial
from terrarium.record.tags import TRIAL_NUMBER, TRIAL_STATE
from terrarium.trials.json_values import json_object
from terrarium.trials.trial_run import TrialRunT

__all__ = ["HyperparameterSearch", "best_by_value"]

State = Literal["COMPLETE", "PRUNED", "FAIL"]


def best_by_value(search: SearchRecord) -> int | None:
    """Return the number of the trial with the best value; of equal ones the first that ended.

    A trial counts when it is complete and its value is not NaN.
    """
    finished = [
        trial
        for trial in search.trials
        if trial.state == "COMPLETE" and trial.values and not math.isnan(trial.values[0])
    ]
    choose = max if search.direction[0] == "maximize" else min
    best = choose(finished, key=lambda trial: trial.values[0], default=None)
    return best.number if best else None


@checked_methods
class HyperparameterSearch(Generic[TrialRunT]):
    """The trials of a run that searches; made by `Run.search`. Safe to share between threads.

        search = run.search(metric="roc_auc", space={"depth": [1, 2, 3]})
        for depth in (1, 2, 3):
            with search.trial({"depth": depth}) as trial:
                trial.log_metrics({"roc_auc": ...})
        search.best

    Args:
        run: The run that searches.
        search: What is known of the search beforehand.
        choose: Returns the number of the best trial. A library that runs the search has a rule of its own (constraints,
            several objectives, `refit`), which decides instead of `best_by_value`.
    """

    def __init__(
        self,
        run: TrialRunT,
        search: SearchRecord,
        *,
        choose: Callable[[SearchRecord], int | None] = best_by_value,
    ) -> None:
        self._run = run
        self._search = search
        self._choose = choose
        self._begun = 0
        self._mutex = threading.Lock()
        self._state()

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Those that have ended, in that order."""
        return self._search.trials

    @property
    def best(self) -> Trial | None:
        """The best trial, by the rule of the library that runs the search; None before there is one."""
        return next((trial for trial in self.trials if trial.number == self._search.best), None)

    @contextmanager
    def trial(
        self, params: Mapping[str, object] | None = None, *, name: str | None = None
    ) -> Iterator[TrialRunT]:
        """One trial: a nested run that begins and ends with the block.

        Its value is the latest of the search's metric that was logged within. What is on record of the searching run's
        splits, validation procedure and architecture is on record of the trial, too.

        Args:
            params: The hyperparameters tried.
            name: Of the nested run; omitted, `trial <number>`.
        """
        with self._mutex:
            number, self._begun = self._begun, self._begun + 1
        with self.nested(number, params, name=name) as run:
            try:
                yield run
            except BaseException:
                self.ended(run, number, params or {}, state="FAIL")
                raise
            self.ended(run, number, params or {})

    def nested(
        self, number: int, params: Mapping[str, object] | None = None, *, name: str | None = None
    ) -> TrialRunT:
        """The nested run of a trial that is numbered by somebody else."""
        return self._run.nested(name or f"trial {number}", params=params, tags={TRIAL_NUMBER: str(number)})

    def ended(
        self,
        run: TrialRunT,
        number: int,
        params: Mapping[str, object],
        *,
        values: Sequence[float] | None = None,
        state: State = "COMPLETE",
    ) -> None:
        """Put a trial on record, while its nested run is still under way.

        Args:
            run: The nested run.
            number: Of the trial.
            params: The hyperparameters tried.
            values: What came out; omitted, the latest of the search's metric.
            state: How it ended.
        """
        metric = self._search.metric
        if values is None:
            values = [run.metrics[metric]] if metric is not None and metric in run.metrics else []
        run.set_tags({TRIAL_STATE: state})
        trial = Trial(
            number=number, params=json_object(params), values=tuple(values), state=state, run=run.id
        )
        with self._mutex:
            self._search = self._search.model_copy(update={"trials": (*self._search.trials, trial)})
            self._state()

    def correct(self, number: int, *, values: Sequence[float], state: State) -> None:
        """Replace the values and the state of a trial by those that the library that runs the search has kept."""
        with self._mutex:
            trials = tuple(
                trial.model_copy(update={"values": tuple(values), "state": state})
                if trial.number == number
                else trial
                for trial in self._search.trials
            )
            self._search = self._search.model_copy(update={"trials": trials})
            self._state()

    def describe(self, **fields: Any) -> None:
        """Add to what is known of the search."""
        with self._mutex:
            self._search = SearchRecord(**{**dict(self._search), **fields})
            self._state()

    def _state(self) -> None:
        self._search = self._search.model_copy(update={"best": self._choose(self._search)})
        self._run.state_search(self._search)
