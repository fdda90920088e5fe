"""`Run`: a run that begins and ends with its `with` block, and is MLflow's active run in it."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from terrarium.arguments import Count, checked
from terrarium.capture.seeds import seed_generators
from terrarium.experiments._active_run import ActiveRun
from terrarium.experiments._search_objectives import check_directions, directions_of, metrics_of
from terrarium.experiments.errors import RunNotActiveError, SearchRefusedError, ValueRefusedError
from terrarium.experiments.flavors import flavor_of
from terrarium.experiments.logged_values import (
    check_run_name,
    check_seed,
    check_splits,
    check_validation,
    fold_values,
    named_values,
    param_texts,
    refusals_of_mlflow,
    tag_texts,
)
from terrarium.experiments.serialization import serialization_options
from terrarium.file_errors import explained_paths
from terrarium.journal.line import check_metric_name, metric_value
from terrarium.plain_text import shortened, shown
from terrarium.record import FoldMetric
from terrarium.record.completion import completed_by
from terrarium.record.direction import Direction

if TYPE_CHECKING:
    import optuna
    from mlflow.models.model import ModelInfo

    from terrarium.connection import Connection
    from terrarium.record import (
        PretrainedModule,
        RunRecord,
        SearchRecord,
        Splits,
        UseCase,
        ValidationProcedure,
    )
    from terrarium.trials import HyperparameterSearch

__all__ = ["Run", "run_status"]

_MOST_PARAMS = 100  # of one MLflow batch


class DatasetVersion(Protocol):
    """A dataset at a version, such as `lab.datasets.get` returns."""

    @property
    def name(self) -> str:
        """Name of the dataset."""
        ...

    @property
    def snapshot_id(self) -> int | None:
        """The version; None for a dataset without rows."""
        ...

    @property
    def location(self) -> str:
        """The `s3://` address of its files."""
        ...


_DatasetT = TypeVar("_DatasetT", bound=DatasetVersion)


class Run:
    """A run. `Experiment.run` returns one, to be used as a context manager.

    Within the block, plain MLflow calls and autologging record to this run too. The block's end is the run's:
    FINISHED, FAILED after an error, KILLED after an interrupt.
    """

    def __init__(
        self,
        *,
        experiment: str,
        use_case: "UseCase | None" = None,
        connection: "Connection",
        check_recorded: "Callable[[Iterable[tuple[str, int | None]]], None]",
        name: str | None,
        params: Mapping[str, object] | None,
        tags: Mapping[str, str],
        architecture: object = None,
        splits: "Splits | None" = None,
        validation: "ValidationProcedure | None" = None,
        seed: int | None = None,
        parent: Self | None = None,
    ) -> None:
        self._experiment = experiment
        self._use_case = use_case
        self._connection = connection
        self._check_recorded = check_recorded
        self._name = check_run_name(name)
        self._params = params
        self._tags = tags
        self._architecture = architecture
        self._splits = None if splits is None else check_splits(splits)
        self._validation = None if validation is None else check_validation(validation)
        self._seed = check_seed(seed)
        self._parent = parent
        self._metrics: dict[str, float] = {}
        self._active: ActiveRun | None = None
        self._id: str | None = None

    @property
    def id(self) -> str:
        """MLflow's run id.

        Raises:
            RunNotActiveError: The run has not begun.
        """
        if self._id is None:
            raise self._not_active()
        return self._id

    @property
    def record(self) -> "RunRecord":
        """The record so far: `run.record.missing()`, `print(run.record.bar())`.

        Where the run itself logged no hyperparameters or no metrics, MLflow is asked for those that autologging logged.

        Raises:
            RunNotActiveError: The run is not under way.
        """
        draft = self._run.draft
        metrics = draft.evaluation.model_copy(update={"metrics": dict(self._metrics)})
        record = draft.record.model_copy(update={"evaluation": metrics})
        if self._metrics and record.hyperparameters is not None:
            return record
        try:
            of_others = completed_by(self._run.client.get_run(self.id), record)
        except Exception:  # noqa: BLE001 - the database is away: the record is what this process knows
            return record
        logged = of_others.evaluation.metrics if of_others.evaluation else {}
        both = metrics.model_copy(update={"metrics": {**logged, **self._metrics}})
        return of_others.model_copy(update={"evaluation": both})

    @property
    def metrics(self) -> Mapping[str, float]:
        """The last value of each metric that this process logged by `log_metrics`."""
        return MappingProxyType(self._metrics)

    def __enter__(self) -> Self:
        # Before the run begins: a run that cannot keep what is stated of it would fail at once.
        if self._params is not None:
            param_texts(self._params, known={})
        tags = tag_texts(self._tags)
        if self._seed is not None:
            seed_generators(self._seed)
        self._active = ActiveRun(
            self._experiment,
            self._use_case,
            self._connection,
            check_recorded=self._check_recorded,
            name=self._name,
            tags=tags,
            parent=self._parent._run if self._parent else None,
        )
        self._id = self._active.id
        try:
            self._state_what_is_given()
            if self._parent is None:  # a trial's would be put where others see it twice within moments
                self._active.keep_record()
        except BaseException as error:
            self._end(error)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end(error)

    def log_params(self, params: Mapping[str, object]) -> None:
        """Record hyperparameters. MLflow stores them as text, and does not change them later.

        Raises:
            ValueRefusedError: A name or a value cannot be kept, or a hyperparameter would change.
        """
        from mlflow.entities import Param

        run = self._run
        known = run.draft.hyperparameters
        given = param_texts(params, known=known.params)
        kept = [Param(name, value) for name, value in given.items()]
        for start in range(0, len(kept), _MOST_PARAMS):
            with refusals_of_mlflow("the hyperparameters"):
                run.client.log_batch(run.id, params=kept[start : start + _MOST_PARAMS])
        run.draft.state(hyperparameters=known.model_copy(update={"params": {**known.params, **given}}))

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:
        """Record one value of each metric.

        Args:
            metrics: Name -> value.
            step: The step of training, e.g. the epoch.

        Returns when the points are on disk, in microseconds; the database has them soon after, and sooner or
        later whatever happens to this process or to the database.

        Raises:
            MetricRefusedError: The database could not hold a name, a value or the step.
            JournalUnwritableError: The disk takes nothing, and the database does not answer.
        """
        self._run.metric_writer.record(metrics, step=step, timestamp=time.time_ns() // 1_000_000)
        self._metrics.update({name: metric_value(name, value) for name, value in metrics.items()})

    def log_fold_metrics(self, metrics: Mapping[str, Sequence[float]]) -> None:
        """Record metrics that were measured on each fold of a validation procedure.

        As metric `name` goes their mean, as `name.spread` the standard deviation of the sample, and as
        `name.fold` the value of each fold, the fold's number being the step.

        Args:
            metrics: Name -> one value per fold.

        Raises:
            MetricRefusedError: The database could not hold a name or a value.
            ValueRefusedError: A metric has no folds.
        """
        draft = self._run.draft
        measured = {
            name: FoldMetric(folds=fold_values(name, values))
            for name, values in named_values(metrics, "run.log_fold_metrics").items()
        }
        draft.state(
            evaluation=draft.evaluation.model_copy(
                update={"over_folds": {**draft.evaluation.over_folds, **measured}}
            )
        )
        for name, over in measured.items():
            for fold, value in enumerate(over.folds):
                self.log_metrics({f"{name}.fold": value}, step=fold)
            self.log_metrics({name: over.mean, f"{name}.spread": over.spread})

    def log_architecture(self, model: object, *, pretrained: Iterable["PretrainedModule"] = ()) -> None:
        """Record the model's structure, and its pretrained modules.

        Args:
            model: The model, fitted or not; its name; or a `terrarium.Architecture`.
            pretrained: Modules that it builds on.
        """
        from terrarium.record import Architecture

        given = isinstance(model, Architecture)
        self._run.draft.state(architecture=model if given else Architecture.of(model, pretrained=pretrained))

    def log_splits(self, splits: "Splits") -> None:
        """Record the splits of the data. Each part becomes a dataset input in MLflow.

        Raises:
            VersionNotFoundError: The version of a part has expired.
        """
        from terrarium.record.dataset_inputs import dataset_inputs

        splits = check_splits(splits)
        with refusals_of_mlflow("the splits"):
            self._run.client.log_inputs(self.id, datasets=dataset_inputs(splits))
        self._check_recorded((part.dataset, part.snapshot_id) for part in splits.parts)
        self._run.draft.state(splits=splits)
        self._run.draft.state_seed("splits", splits.seed)

    def use(self, dataset: _DatasetT, *, context: str = "input") -> _DatasetT:
        """Record that the run reads a version of a dataset that is not in its splits.

        Args:
            dataset: The dataset, at the version.
            context: The purpose, e.g. `input` or `lookup`.

        Returns:
            The dataset: `run.use(lab.datasets.get("telco.customers")).read()`.

        Raises:
            VersionNotFoundError: The version has expired since it was looked up.
        """
        from terrarium.record.dataset_inputs import version_input

        if not hasattr(dataset, "snapshot_id"):
            raise ValueRefusedError(
                f"a run cannot use {shown(dataset)}, a {type(dataset).__name__}",
                remedy='use a dataset at a version: run.use(lab.datasets.get("telco.customers"))',
            )
        read = version_input(dataset.name, dataset.snapshot_id, source=dataset.location, context=context)
        self._run.client.log_inputs(self.id, datasets=[read])
        self._check_recorded([(dataset.name, dataset.snapshot_id)])
        return dataset

    def log_validation(self, procedure: "ValidationProcedure") -> None:
        """Record the validation procedure of the metrics."""
        procedure = check_validation(procedure)
        draft = self._run.draft
        draft.state(evaluation=draft.evaluation.model_copy(update={"validation": procedure}))
        draft.state_seed("validation", getattr(procedure, "seed", None))

    @checked
    def log_artifact(self, path: str | PathLike[str], folder: str | None = None) -> None:
        """Store a file, or a folder with its content, as artifacts of the run.

        Args:
            path: The file or folder.
            folder: Folder among the run's artifacts. Default: their root.

        Raises:
            ValueRefusedError: There is no such file or folder.
        """
        source = Path(path)
        with explained_paths(f"keep {shortened(str(source), 200)} with the run"):
            self._log_path(source, folder)

    def _log_path(self, source: Path, folder: str | None) -> None:
        if not source.exists():
            raise ValueRefusedError(
                f"there is no file or folder {source} to keep with the run",
                remedy=f"write it before; relative paths count from {Path.cwd()}",
            )
        if source.is_dir():
            self._run.client.log_artifacts(self.id, str(source), folder or source.name)
        else:
            self._run.client.log_artifact(self.id, str(source), folder)

    def log_model(self, model: object, name: str = "model", **flavor_options: Any) -> "ModelInfo":
        """Store a fitted model with the run, by MLflow's flavor for its type.

        Every type that the model is made of is stated with it, so that it can be loaded: this process made it. Models
        of scikit-learn's kind that skops cannot write, e.g. with functions in them, are written by cloudpickle.

        Args:
            model: A model of scikit-learn, XGBoost, LightGBM, CatBoost, PyTorch, Keras or statsmodels.
            name: Name of the model within the run.
            **flavor_options: Passed to the flavor's `log_model`, e.g. `input_example`. Unless they say
                otherwise, `pip_requirements` are the flavor's own and the packages of the model's types; of a model
                written by cloudpickle, MLflow finds them by loading it in another process, which takes seconds.

        Returns:
            MLflow's description; its `model_uri` is what to load or register.

        Raises:
            ModelFlavorError: It is of another kind.

        Unless an architecture is on record already, the model's becomes it.
        """
        flavor = flavor_of(model)
        options = serialization_options(flavor, model, flavor_options)
        info: ModelInfo = flavor.log_model(model, name=name, **options)
        if self._run.draft.record.architecture is None:
            self.log_architecture(model)
        return info

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set tags. An existing tag changes.

        Raises:
            ValueRefusedError: A name or a value cannot be kept.
        """
        from mlflow.entities import RunTag

        kept = [RunTag(name, value) for name, value in tag_texts(tags).items()]
        with refusals_of_mlflow("the tags"):
            self._run.client.log_batch(self.id, tags=kept)

    def nested(
        self,
        name: str | None = None,
        *,
        params: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Self:
        """Return a run within this one, with the same splits, validation procedure and architecture.

        It may run in another thread.

        Args:
            name: Name of the run. Default: MLflow generates one.
            params: Hyperparameters.
            tags: Tags of the run.
        """
        return type(self)(
            experiment=self._experiment,
            use_case=self._use_case,
            connection=self._connection,
            check_recorded=self._check_recorded,
            name=name,
            params=params,
            tags={} if tags is None else tags,
            parent=self,
        )

    @checked
    def search(
        self,
        description: "SearchRecord | None" = None,
        *,
        metric: str | None = None,
        direction: Direction | None = None,
        space: Mapping[str, object] | None = None,
        sampler: str = "loop",
        choose: "Callable[[SearchRecord], int | None] | None" = None,
    ) -> "HyperparameterSearch[Self]":
        """Begin a search for hyperparameters in your own loop. Every trial is a nested run.

        Args:
            description: Complete description of the search, instead of the other arguments.
            metric: The metric that is the value of a trial. Default: the use case's evaluation metric.
            direction: `maximize` or `minimize`. Default: as the use case states for its evaluation metric; for other
                metrics `minimize` if the name is that of a loss or an error, otherwise `maximize`.
            space: Hyperparameter -> its possible values.
            sampler: Name of the sampling method.
            choose: Returns the number of the best trial. Default: the trial with the best value that is not NaN.

        Raises:
            MetricRefusedError: No metric can have this name.
            SearchRefusedError: The direction is neither `maximize` nor `minimize`.
        """
        from terrarium.record import SearchRecord
        from terrarium.trials import HyperparameterSearch
        from terrarium.trials.json_values import json_object
        from terrarium.trials.search import best_by_value

        if description is None:
            use_case = self.record.use_case
            metric = metric or (use_case.evaluation_metric if use_case else None)
            directions = directions_of([metric or ""], direction, use_case)
            description = SearchRecord(
                tool="loop",
                sampler=sampler,
                space=json_object(space or {}),
                metric=metric,
                direction=tuple(directions),
            )
        if description.metric is not None:
            check_metric_name(description.metric)
        return HyperparameterSearch(self, description, choose=choose or best_by_value)

    @checked
    def optimize(
        self,
        objective: "Callable[[optuna.Trial, Self], float | Sequence[float]]",
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
        """Search for hyperparameters with Optuna. Every trial is a nested run; the study is in the metadata database.

        A trial whose objective returns NaN, or no number, counts as failed, and the search continues, as in Optuna.

        Args:
            objective: Takes Optuna's trial and the nested run; returns the value, or one value per metric.
            trials: Number of trials to run.
            metric: Name of the value in the nested run; one name per value. Default: the use case's evaluation metric,
                or `objective` without a use case.
            direction: `maximize` or `minimize`, one per metric. Default: as for `search`.
            sampler: Sampler. Default: Optuna's.
            pruner: Pruner. Default: Optuna's.
            study: Name of a study that several runs or machines share. Default: a study of this run.
            jobs: Number of threads that run trials.
            catch: Types of errors of a trial that do not end the search.

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

        use_case = self.record.use_case
        metrics = metrics_of(metric, direction, use_case)
        directions = directions_of(metrics, direction, use_case)
        opened = open_study(
            self._connection.database,
            study or f"{self._experiment}/{self.id}",
            directions=directions,
            sampler=sampler,
            pruner=pruner,
        )
        check_directions(opened, directions)
        name, settings = describe_sampler(opened)
        description = {"tool": "optuna", "sampler": name, "settings": settings, "direction": directions}
        search = self.search(
            SearchRecord.model_validate({**description, "metric": metrics[0]}), choose=best_of_study(opened)
        )
        optimize(opened, search, objective, metrics=metrics, n_trials=trials, n_jobs=jobs, catch=catch)
        return opened

    @checked
    def log_search(self, fitted: object) -> None:
        """Record a fitted search of scikit-learn, e.g. a `GridSearchCV`. Every candidate becomes a nested run.

        The best candidate of scikit-learn is recorded as the best one; its hyperparameters and metrics are recorded for
        this run, too.

        Raises:
            SearchRefusedError: The object is no search, or not fitted.
        """
        if not hasattr(fitted, "cv_results_"):
            raise SearchRefusedError(
                f"a {type(fitted).__qualname__} has no cv_results_ to record",
                remedy="log a fitted search: run.log_search(GridSearchCV(...).fit(features, target))",
            )
        from terrarium.trials.fitted_search import record_fitted_search

        record_fitted_search(self, fitted)

    def state_search(self, search: "SearchRecord") -> None:
        """Record a search for hyperparameters with its present trials."""
        draft = self._run.draft
        draft.state(hyperparameters=draft.hyperparameters.model_copy(update={"search": search}))

    def _state_what_is_given(self) -> None:
        active = self._run
        active.draft.state_seed("run", self._seed)
        if self._architecture is not None:
            self.log_architecture(self._architecture)
        if self._validation is not None:
            self.log_validation(self._validation)
        if self._splits is not None:
            self.log_splits(self._splits)
        if self._params is not None:
            self.log_params(self._params)

    def __repr__(self) -> str:
        return f"<Run {self._id or 'not begun'} of {self._experiment!r}>"

    @property
    def _run(self) -> "ActiveRun":
        if self._active is None:
            raise self._not_active()
        return self._active

    def _end(self, error: BaseException | None) -> None:
        active, self._active = self._run, None
        active.end(run_status(error))

    def _not_active(self) -> RunNotActiveError:
        state = "has not begun" if self._id is None else "has ended"
        return RunNotActiveError(
            f"the run {state}", remedy="use it within its block: with lab.experiment(name).run() as run:"
        )


def run_status(error: BaseException | None) -> str:
    """Return MLflow's status of a run whose block ended with `error`."""
    match error:
        case None | SystemExit(code=None | 0):
            return "FINISHED"
        case Exception() | SystemExit():
            return "FAILED"
        case _:
            return "KILLED"
