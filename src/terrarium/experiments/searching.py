"""What a run does to search for hyperparameters."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast, get_args

from terrarium.arguments import Count, checked_methods
from terrarium.experiments.errors import SearchRefusedError
from terrarium.journal.line import check_metric_name
from terrarium.record.direction import Direction, direction_of
from terrarium.tracking.plugin import lab_of

if TYPE_CHECKING:
    import optuna

    from terrarium.experiments.run import Run
    from terrarium.record import SearchRecord, UseCase
    from terrarium.trials import HyperparameterSearch

__all__ = ["Searching"]


@checked_methods
class Searching:
    """The part of `Run` that searches; every trial is a nested run."""

    _experiment: str
    _tracking_uri: str

    @property
    def _itself(self) -> "Run":
        return cast("Run", self)

    def search(
        self,
        description: "SearchRecord | None" = None,
        *,
        metric: str | None = None,
        direction: Direction | None = None,
        space: Mapping[str, object] | None = None,
        sampler: str = "loop",
        choose: "Callable[[SearchRecord], int | None] | None" = None,
    ) -> "HyperparameterSearch":
        """Begin a search for hyperparameters by a loop of your own; every trial is a nested run.

        Args:
            description: All that is known of the search; instead of what follows.
            metric: Which metric of a trial is its value; omitted, the use case's evaluation metric.
            direction: Which way it is better; omitted, as the use case says of its evaluation metric. Of other metrics
                less is better where the name is that of a loss or an error, else more.
            space: Hyperparameter -> what it is chosen from.
            sampler: How it is chosen, in a word.
            choose: Returns the number of the best trial; omitted, the one with the best value that is not NaN.

        Raises:
            MetricRefusedError: No metric can have this name.
            SearchRefusedError: The direction is neither `maximize` nor `minimize`.
        """
        from terrarium.record import SearchRecord
        from terrarium.trials import HyperparameterSearch
        from terrarium.trials.json_values import json_object
        from terrarium.trials.search import best_by_value

        if description is None:
            use_case = self._itself.record.use_case
            metric = metric or (use_case.evaluation_metric if use_case else None)
            directions = _directions([metric or ""], direction, use_case)
            description = SearchRecord(
                tool="loop",
                sampler=sampler,
                space=json_object(space or {}),
                metric=metric,
                direction=tuple(directions),
            )
        if description.metric is not None:
            check_metric_name(description.metric)
        return HyperparameterSearch(self._itself, description, choose=choose or best_by_value)

    def optimize(
        self,
        objective: "Callable[[optuna.Trial, Run], float | Sequence[float]]",
        *,
        trials: Count,
        metric: str | Sequence[str] | None = None,
        direction: Direction | Sequence[Direction] | None = None,
        sampler: "optuna.samplers.BaseSampler | None" = None,
        pruner: "optuna.pruners.BasePruner | None" = None,
        study: str | None = None,
        jobs: int = 1,
        catch: tuple[type[Exception], ...] = (),
    ) -> "optuna.Study":
        """Search for hyperparameters with Optuna; every trial is a nested run, the study lies in the metadata database.

        A trial whose objective returns NaN, or what is not a number, has failed, and the search goes on, as in Optuna.

        Args:
            objective: Takes Optuna's trial, and the nested run to log to; returns the value, or one per metric.
            trials: How many to run here.
            metric: What the value is called in the nested run; several where there are several. Omitted, the use
                case's evaluation metric, or `objective` where there is no use case.
            direction: `maximize` or `minimize`; one per metric. Omitted, as the use case says of its evaluation metric.
                Of other metrics less is better where the name is that of a loss or an error, else more.
            sampler: Omitted, Optuna's default.
            pruner: Omitted, Optuna's default.
            study: Name of a study that several runs or machines share; omitted, one of this run's own.
            jobs: Threads that run trials at a time.
            catch: Errors of a trial that do not end the search.

        Returns:
            Optuna's study.

        Raises:
            SchemaMissingError: The metadata database was migrated without Optuna.
            MetricRefusedError: No metric can have this name.
            SearchRefusedError: There are not as many directions as metrics, or the study has other directions.
        """
        from terrarium.record import SearchRecord
        from terrarium.trials.optuna_best import best_of_study
        from terrarium.trials.optuna_study import describe_sampler, open_study, optimize

        use_case = self._itself.record.use_case
        metrics = _metrics(metric, direction, use_case)
        directions = _directions(metrics, direction, use_case)
        opened = open_study(
            lab_of(self._tracking_uri),
            study or f"{self._experiment}/{self._itself.id}",
            directions=directions,
            sampler=sampler,
            pruner=pruner,
        )
        _check_directions(opened, directions)
        name, settings = describe_sampler(opened)
        description = {"tool": "optuna", "sampler": name, "settings": settings, "direction": directions}
        search = self.search(
            SearchRecord.model_validate({**description, "metric": metrics[0]}), choose=best_of_study(opened)
        )
        optimize(opened, search, objective, metrics=metrics, n_trials=trials, n_jobs=jobs, catch=catch)
        return opened

    def log_search(self, fitted: object) -> None:
        """Record a fitted search of scikit-learn's, e.g. a `GridSearchCV`: every candidate becomes a nested run.

        The best candidate, as scikit-learn chose it, is the best on record; its hyperparameters and metrics become
        this run's own.

        Raises:
            SearchRefusedError: It is not fitted, or not a search.
        """
        if not hasattr(fitted, "cv_results_"):
            raise SearchRefusedError(
                f"a {type(fitted).__qualname__} has no cv_results_ to record",
                remedy="log a search after it was fitted: run.log_search(GridSearchCV(...).fit(features, target))",
            )
        from terrarium.trials.fitted_search import record_fitted_search

        record_fitted_search(self._itself, fitted)


def _metrics(
    metric: str | Sequence[str] | None,
    direction: Direction | Sequence[Direction] | None,
    use_case: "UseCase | None",
) -> list[str]:
    if metric is None:
        objectives = 1 if direction is None or isinstance(direction, str) else len(direction)
        if objectives == 1:
            return [use_case.evaluation_metric if use_case else "objective"]
        return [f"objective_{number}" for number in range(objectives)]
    metrics = [metric] if isinstance(metric, str) else list(metric)
    if not metrics or len(set(metrics)) < len(metrics):
        raise SearchRefusedError(
            f"a search cannot be by the metrics {metrics}",
            remedy='name each once: metric=["roc_auc", "size"]',
        )
    for name in metrics:
        check_metric_name(name)
    return metrics


def _directions(
    metrics: Sequence[str], direction: Direction | Sequence[Direction] | None, use_case: "UseCase | None"
) -> list[Direction]:
    if direction is None:
        return [direction_of(metric, use_case) for metric in metrics]
    directions: list[Direction] = [direction] if isinstance(direction, str) else list(direction)
    known = get_args(Direction)
    if len(directions) != len(metrics) or any(one not in known for one in directions):
        raise SearchRefusedError(
            f"direction={direction!r} does not fit the metrics {', '.join(metrics)}",
            remedy=f"state one per metric, each {' or '.join(map(repr, known))}; or none, for the use case's",
        )
    return directions


def _check_directions(study: "optuna.Study", directions: Sequence[Direction]) -> None:
    kept = [direction.name.lower() for direction in study.directions]
    if kept != list(directions):  # Optuna would go on in the study's direction without a word
        raise SearchRefusedError(
            f"study {study.study_name!r} exists, and its directions are {kept}, not {list(directions)}",
            remedy=f"search in the study's: run.optimize(..., direction={kept!r}), or name another study",
        )
