"""`lab.experiments`: find experiments and rank their runs."""

from functools import cached_property
from typing import TYPE_CHECKING

from terrarium.experiments.errors import ExperimentNotFoundError
from terrarium.experiments.experiment import Experiment
from terrarium.experiments.summary import RunSummary
from terrarium.tracking.plugin import tracking_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from terrarium.record import UseCase

__all__ = ["Experiments"]


class Experiments:
    """The experiments of one environment."""

    def __init__(self, environment: str) -> None:
        self._environment = environment

    def experiment(self, use_case: "UseCase | str") -> Experiment:
        """The experiment of a use case, or the one of a name; it is created with its first run.

        The use case is kept with the experiment when a run begins. Stated anew, the latest counts; the record of
        every run keeps the one it began with.
        """
        name = use_case if isinstance(use_case, str) else use_case.name
        return Experiment(
            name,
            tracking_uri=tracking_uri(self._environment),
            use_case=None if isinstance(use_case, str) else use_case,
        )

    def names(self) -> list[str]:
        """The names of all experiments, those created last first."""
        names: list[str] = []
        token = None
        while True:
            page = self._client.search_experiments(page_token=token)
            names.extend(experiment.name for experiment in page)
            token = page.token
            if not token:
                return names

    def runs(
        self, name: str, *, order_by: str = "attributes.start_time desc", where: str = "", limit: int = 100
    ) -> list[RunSummary]:
        """The runs of an experiment, ranked.

        Args:
            name: The experiment's.
            order_by: As MLflow writes it, e.g. `metrics.roc_auc desc`. Runs without the metric come last.
            where: A filter as MLflow writes it, e.g. `params.model = 'forest' and metrics.roc_auc > 0.9`.
            limit: How many at most.

        Raises:
            ExperimentNotFoundError: There is no experiment of this name.
        """
        experiment = self._client.get_experiment_by_name(name)
        if experiment is None:
            raise ExperimentNotFoundError(
                f"environment {self._environment!r} has no experiment {name!r}",
                remedy="lab.experiments.names() lists those it has; an experiment is created with its first run",
            )
        found = self._client.search_runs(
            [experiment.experiment_id], filter_string=where, order_by=[order_by], max_results=limit
        )
        return [RunSummary.of(run) for run in found]

    @cached_property
    def _client(self) -> "MlflowClient":
        from mlflow import MlflowClient

        uri = tracking_uri(self._environment)
        return MlflowClient(tracking_uri=uri, registry_uri=uri)
