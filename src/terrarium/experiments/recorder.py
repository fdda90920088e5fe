"""Where the metrics of a run go: the one object that every point passes through."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["Recorder", "StoreRecorder"]

_MOST_METRICS = 1000  # of one MLflow batch


class Recorder(Protocol):
    """Takes the points of one run, in the order in which they were logged."""

    def record(self, metrics: Mapping[str, float], *, step: int, timestamp: int) -> None:
        """Take one value of each metric; `timestamp` in milliseconds since the epoch."""

    def close(self) -> None:
        """Return when everything taken is where it belongs."""


class StoreRecorder:
    """Hands every call on to the tracking store at once, and returns when the store has it."""

    def __init__(self, client: "MlflowClient", run_id: str) -> None:
        self._client = client
        self._run_id = run_id

    def record(self, metrics: Mapping[str, float], *, step: int, timestamp: int) -> None:
        """Write one value of each metric."""
        from mlflow.entities import Metric

        points = [Metric(name, float(value), timestamp, step) for name, value in metrics.items()]
        for start in range(0, len(points), _MOST_METRICS):
            self._client.log_batch(self._run_id, metrics=points[start : start + _MOST_METRICS])

    def close(self) -> None:
        """Nothing is kept back."""
