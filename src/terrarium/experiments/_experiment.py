"""`Experiment`: a named group of runs."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from terrarium.experiments.run import Run

if TYPE_CHECKING:
    from terrarium.connection import Connection
    from terrarium.record import Splits, UseCase, ValidationProcedure

__all__ = ["Experiment"]


class Experiment:
    """An experiment of one environment; made by `lab.experiment(use_case)`, or by its name."""

    def __init__(
        self,
        name: str,
        *,
        connection: "Connection",
        check_recorded: "Callable[[Iterable[tuple[str, int | None]]], None]",
        use_case: "UseCase | None" = None,
    ) -> None:
        self._name = name
        self._connection = connection
        self._check_recorded = check_recorded
        self._use_case = use_case

    @property
    def name(self) -> str:
        """Name of the experiment, unique in the environment."""
        return self._name

    @cached_property
    def use_case(self) -> "UseCase | None":
        """The use case that it was created with, or else the recorded one; None if there is none."""
        from terrarium.record import UseCase

        if self._use_case is not None:
            return self._use_case
        known = self._connection.mlflow_client.get_experiment_by_name(self._name)
        return UseCase.from_tags(known.tags) if known else None

    def run(
        self,
        name: str | None = None,
        *,
        params: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
        architecture: object = None,
        splits: "Splits | None" = None,
        validation: "ValidationProcedure | None" = None,
        seed: int | None = None,
    ) -> Run:
        """Return a run, which begins and ends with its `with` block.

        Args:
            name: Name of the run. Default: MLflow generates one.
            params: Hyperparameters, recorded at the beginning.
            tags: Tags of the run.
            architecture: The model, its name, or a `terrarium.Architecture`.
            splits: The splits of the data.
            validation: The validation procedure of the metrics.
            seed: Seed of Python's random generator, and of NumPy's and PyTorch's if they are imported. Set when the run
                begins.

        Example:
            >>> with lab.experiment("churn").run(params={"depth": 3}, seed=1) as run:
            ...     run.log_metrics({"roc_auc": 0.9})
        """
        return Run(
            experiment=self._name,
            use_case=self._use_case,
            connection=self._connection,
            check_recorded=self._check_recorded,
            name=name,
            params=params,
            tags={} if tags is None else tags,
            architecture=architecture,
            splits=splits,
            validation=validation,
            seed=seed,
        )

    def __repr__(self) -> str:
        return f"<Experiment {self._name!r} at {self._connection.tracking_uri}>"
