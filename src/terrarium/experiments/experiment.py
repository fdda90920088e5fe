"""One experiment: a name that runs gather under."""

from collections.abc import Mapping

from terrarium.experiments.run import Run

__all__ = ["Experiment"]


class Experiment:
    """An experiment of one environment; made by `lab.experiment(name)`."""

    def __init__(self, name: str, *, tracking_uri: str) -> None:
        self._name = name
        self._tracking_uri = tracking_uri

    @property
    def name(self) -> str:
        """Its name, unique in the environment."""
        return self._name

    def run(
        self,
        name: str | None = None,
        *,
        params: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Run:
        """A run that begins when its `with` block does, and ends with it.

        Args:
            name: Omitted, MLflow makes one up.
            params: Hyperparameters, recorded at the beginning.
            tags: What to find the run by.
        """
        return Run(
            experiment=self._name,
            tracking_uri=self._tracking_uri,
            name=name,
            params=params or {},
            tags=tags or {},
        )

    def __repr__(self) -> str:
        return f"<Experiment {self._name!r} at {self._tracking_uri}>"
