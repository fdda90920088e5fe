"""`UntrackedRun`: keeps logged values in memory, so that a pipeline runs without an environment."""

from collections.abc import Mapping
from typing import Any

__all__ = ["UntrackedRun"]


class UntrackedRun:
    """A stand-in for `Run` that stores nothing.

    Attributes:
        params: Logged hyperparameters.
        metrics: The last value of each metric.
        tags: The tags.
        model: The model that was logged last.
    """

    id = "untracked"

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self.metrics: dict[str, float] = {}
        self.tags: dict[str, str] = {}
        self.model: Any = None

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Keep hyperparameters in memory."""
        self.params.update(params)

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:  # noqa: ARG002 - signature of Run
        """Keep metrics in memory."""
        self.metrics.update(metrics)

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Keep tags in memory."""
        self.tags.update(tags)

    def log_model(self, model: Any, name: str = "model", **flavor_options: Any) -> None:  # noqa: ARG002 - as in Run
        """Keep a model in memory."""
        self.model = model

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("log_"):
            raise AttributeError(name)
        return lambda *_, **__: None  # splits, validation and artifacts are not kept
