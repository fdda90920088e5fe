"""What a run does to search for hyperparameters."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, cast

from terrarium.tracking.plugin import lab_of

if TYPE_CHECKING:
    import optuna

    from terrarium.experiments.run import Run
    from terrarium.record import Search
    from terrarium.trials import HyperparameterSearch

__all__ = ["Searching"]

Direction = Literal["maximize", "minimize"]


class Searching:
    """The part of `Run` that searches; every trial is a nested run."""

    _experiment: str
    _tracking_uri: str

    @property
    def _itself(self) -> "Run":
        return cast("Run", self)

    def search(
        self,
        description: "Search | None" = None,
        *,
        metric: str | None = None,
        direction: Direction = "maximize",
        space: Mapping[str, object] | None = None,
        sampler: str = "loop",
    ) -> "HyperparameterSearch":
        """A search for hyperparameters by a loop of your own; every trial is a nested run.

        Args:
            description: All that is known of the search; instead of what follows.
            metric: Which metric of a trial is its value.
            direction: Which way it is better.
            space: Hyperparameter -> what it is chosen from.
            sampler: How it is chosen, in a word.
        """
        from terrarium.record import Search
        from terrarium.trials import HyperparameterSearch
        from terrarium.trials.json_values import json_object

        return HyperparameterSearch(
            self._itself,
            description
            or Search(
                tool="loop",
                sampler=sampler,
                space=json_object(space or {}),
                metric=metric,
                direction=(direction,),
            ),
        )

    def optimize(
        self,
        objective: "Callable[[optuna.Trial, Run], float | Sequence[float]]",
        *,
        trials: int,
        metric: str | Sequence[str] = "objective",
        direction: Direction | Sequence[Direction] = "maximize",
        sampler: "optuna.samplers.BaseSampler | None" = None,
        pruner: "optuna.pruners.BasePruner | None" = None,
        study: str | None = None,
        jobs: int = 1,
        catch: tuple[type[Exception], ...] = (),
    ) -> "optuna.Study":
        """Search for hyperparameters with Optuna; every trial is a nested run, the study lies in the metadata database.

        Args:
            objective: Takes Optuna's trial, and the nested run to log to; returns the value, or one per metric.
            trials: How many to run here.
            metric: What the value is called in the nested run; several where there are several.
            direction: `maximize` or `minimize`; one per metric.
            sampler: Omitted, Optuna's default.
            pruner: Omitted, Optuna's default.
            study: Name of a study that several runs or machines share; omitted, one of this run's own.
            jobs: Threads that run trials at a time.
            catch: Errors of a trial that do not end the search.

        Returns:
            Optuna's study.

        Raises:
            SchemaMissingError: The metadata database was migrated without Optuna.
        """
        from terrarium.record import Search
        from terrarium.trials.optuna_study import describe_sampler, open_study, optimize

        metrics = [metric] if isinstance(metric, str) else list(metric)
        directions = [direction] if isinstance(direction, str) else list(direction)
        opened = open_study(
            lab_of(self._tracking_uri),
            study or f"{self._experiment}/{self._itself.id}",
            directions=directions,
            sampler=sampler,
            pruner=pruner,
        )
        name, settings = describe_sampler(opened)
        description = {"tool": "optuna", "sampler": name, "settings": settings, "direction": directions}
        search = self.search(Search.model_validate({**description, "metric": metrics[0]}))
        optimize(opened, search, objective, metrics=metrics, n_trials=trials, n_jobs=jobs, catch=catch)
        return opened

    def log_search(self, fitted: object) -> None:
        """Record a fitted search of scikit-learn's, e.g. a `GridSearchCV`: every candidate becomes a nested run.

        The best candidate's hyperparameters and metrics become this run's own.
        """
        from terrarium.trials.fitted_search import record_fitted_search

        record_fitted_search(self._itself, fitted)
