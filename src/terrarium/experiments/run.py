"""One run: begins and ends with its `with` block, and is MLflow's active run meanwhile."""

import time
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from terrarium.experiments.creation import ensure_experiment
from terrarium.experiments.errors import RunNotActiveError
from terrarium.experiments.flavors import flavor_of
from terrarium.experiments.recorder import Recorder, StoreRecorder

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.models.model import ModelInfo

    from terrarium.record import UseCase

__all__ = ["Run", "run_status"]

_MOST_PARAMS = 100  # of one MLflow batch


class Run:
    """A run; made by `Experiment.run`, used as a context manager.

    Within the block, plain MLflow calls and autologging record to this run too. The block's end is the run's:
    FINISHED, FAILED after an error, KILLED after an interrupt.
    """

    def __init__(
        self,
        *,
        experiment: str,
        use_case: "UseCase | None" = None,
        tracking_uri: str,
        name: str | None,
        params: Mapping[str, object],
        tags: Mapping[str, str],
    ) -> None:
        self._experiment = experiment
        self._use_case = use_case
        self._tracking_uri = tracking_uri
        self._name = name
        self._params = params
        self._tags = tags
        self._active: _ActiveRun | None = None
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

    def __enter__(self) -> Self:
        self._active = _ActiveRun(
            self._experiment, self._use_case, self._tracking_uri, name=self._name, tags=self._tags
        )
        self._id = self._active.id
        try:
            self.log_params(self._params)
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
        """Record hyperparameters; MLflow keeps them as text, and refuses to change one."""
        from mlflow.entities import Param

        kept = [Param(name, str(value)) for name, value in params.items()]
        for start in range(0, len(kept), _MOST_PARAMS):
            self._run.client.log_batch(self.id, params=kept[start : start + _MOST_PARAMS])

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:
        """Record one value of each metric.

        Args:
            metrics: Name -> value.
            step: Where in training it was measured, e.g. the epoch.
        """
        self._run.recorder.record(metrics, step=step, timestamp=time.time_ns() // 1_000_000)

    def log_artifact(self, path: str | PathLike[str], folder: str | None = None) -> None:
        """Keep a file, or a folder with all below it, with the run.

        Args:
            path: The file or folder.
            folder: Where among the run's artifacts; omitted, at their root.
        """
        source = Path(path)
        if source.is_dir():
            self._run.client.log_artifacts(self.id, str(source), folder or source.name)
        else:
            self._run.client.log_artifact(self.id, str(source), folder)

    def log_model(self, model: object, name: str = "model", **flavor_options: Any) -> "ModelInfo":
        """Keep a fitted model with the run, by MLflow's flavor for its kind.

        Args:
            model: Of scikit-learn, XGBoost, LightGBM, CatBoost, PyTorch, Keras or statsmodels.
            name: The model's, within the run.
            **flavor_options: Handed on to the flavor's `log_model`, e.g. `input_example`. Unless they say
                otherwise, `pip_requirements` are the flavor's own, and not found out by loading the model anew
                in another process, which takes seconds.

        Returns:
            MLflow's description; its `model_uri` is what to load or register.

        Raises:
            ModelFlavorError: It is of another kind.
        """
        self._run  # noqa: B018 - refuse before and after
        flavor = flavor_of(model)
        if not flavor_options.keys() & {"pip_requirements", "extra_pip_requirements", "conda_env"}:
            flavor_options["pip_requirements"] = flavor.get_default_pip_requirements()
        info: ModelInfo = flavor.log_model(model, name=name, **flavor_options)
        return info

    def __repr__(self) -> str:
        return f"<Run {self._id or 'not begun'} of {self._experiment!r}>"

    @property
    def _run(self) -> "_ActiveRun":
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


class _ActiveRun:
    """What exists only while a run is under way: MLflow's active run and the recorder."""

    def __init__(
        self,
        experiment: str,
        use_case: "UseCase | None",
        tracking_uri: str,
        *,
        name: str | None,
        tags: Mapping[str, str],
    ) -> None:
        import mlflow

        self._tracking_uri_before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
        mlflow.set_tracking_uri(tracking_uri)
        try:
            self.client: MlflowClient = mlflow.MlflowClient()
            self.id: str = mlflow.start_run(
                experiment_id=ensure_experiment(self.client, experiment, use_case),
                run_name=name,
                tags=dict(tags),
                nested=mlflow.active_run() is not None,
            ).info.run_id
        except BaseException:
            self._restore_tracking_uri()
            raise
        self.recorder: Recorder = StoreRecorder(self.client, self.id)

    def end(self, status: str) -> None:
        import mlflow

        try:
            self.recorder.close()
        finally:
            mlflow.end_run(status)
            self._restore_tracking_uri()

    def _restore_tracking_uri(self) -> None:
        import mlflow

        # MLflow's own context manager passes None to unset it, too.
        mlflow.set_tracking_uri(self._tracking_uri_before)  # type: ignore[arg-type]


def run_status(error: BaseException | None) -> str:
    """How a run ends, in MLflow's words, that ends with `error`."""
    match error:
        case None | SystemExit(code=None | 0):
            return "FINISHED"
        case Exception() | SystemExit():
            return "FAILED"
        case _:
            return "KILLED"
