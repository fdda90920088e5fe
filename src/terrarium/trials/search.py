"""`HyperparameterSearch`: the recorder of a search, for plain loops, Optuna and scikit-learn."""

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, Literal

from terrarium.arguments import checked_methods
from terrarium.record import SearchRecord, Trial
from terrarium.record.tags import TRIAL_NUMBER, TRIAL_STATE
from terrarium.trials._trial_run import TrialRunT
from terrarium.trials.json_values import json_object

__all__ = ["HyperparameterSearch", "best_by_value"]

State = Literal["COMPLETE", "PRUNED", "FAIL"]


def best_by_value(search: SearchRecord) -> int | None:
    """Return the number of the trial with the best value. Among equal values, the trial that ended first is the best.

    Trials that are not complete, or whose value is NaN, are ignored.
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
    """The trials of a search, as `Run.search` returns them. Thread-safe.

    Args:
        run: The run of the search.
        search: The initial description of the search.
        choose: Returns the number of the best trial. Libraries have their own rules (constraints, several objectives,
            `refit`), which replace `best_by_value`.

    Example:
        >>> search = run.search(metric="roc_auc", space={"depth": [1, 2, 3]})
        >>> for depth in (1, 2, 3):
        ...     with search.trial({"depth": depth}) as trial:
        ...         trial.log_metrics({"roc_auc": evaluate(depth)})
        >>> search.best
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
        """The trials that have ended, in the order of their ends."""
        return self._search.trials

    @property
    def best(self) -> Trial | None:
        """The best trial, by the rule of the library that runs the search, or None if there is none yet."""
        return next((trial for trial in self.trials if trial.number == self._search.best), None)

    @contextmanager
    def trial(
        self, params: Mapping[str, object] | None = None, *, name: str | None = None
    ) -> Iterator[TrialRunT]:
        """Run one trial as a nested run that starts and ends with the block.

        The value of the trial is the last value of the search's metric. The trial inherits the recorded splits,
        validation procedure and architecture of the search's run.

        Args:
            params: The hyperparameters of the trial.
            name: The name of the nested run. Defaults to `trial <number>`.
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
        """Return the nested run of a trial with a number that the caller assigns."""
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
        """Record a trial while its nested run is still active.

        Args:
            run: The nested run.
            number: The number of the trial.
            params: The hyperparameters of the trial.
            values: The values of the objectives. Defaults to the last value of the search's metric.
            state: The final state of the trial.
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
        """Replace the values and the state of a trial with those of the library that runs the search."""
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
        """Update fields of the search's record."""
        with self._mutex:
            self._search = SearchRecord(**{**dict(self._search), **fields})
            self._state()

    def _state(self) -> None:
        self._search = self._search.model_copy(update={"best": self._choose(self._search)})
        self._run.state_search(self._search)
