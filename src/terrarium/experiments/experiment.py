"""One experiment: a name that runs gather under."""

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
        """Its name, unique in the environment."""
        return self._name

    @cached_property
    def use_case(self) -> "UseCase | None":
        """The use case it was made with, else the one that is on record; None if there is none."""
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
        """A run that begins when its `with` block does, and ends with it.

        Args:
            name: Omitted, MLflow makes one up.
            params: Hyperparameters, recorded at the beginning.
            tags: What to find the run by.
            architecture: The model, its name, or a `terrarium.Architecture`.
            splits: How the data was parted.
            validation: The procedure that the metrics come from.
            seed: Seeds Python's generator, and NumPy's and PyTorch's where they are imported, when the run begins.
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
