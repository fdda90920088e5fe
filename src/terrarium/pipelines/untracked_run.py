"""A run that nobody keeps: what is logged stays in memory, so that a pipeline can be tried without an environment."""

from collections.abc import Mapping
from typing import Any

__all__ = ["UntrackedRun"]


class UntrackedRun:
    """Takes what `Run` takes.

    Attributes:
        params: What was logged.
        metrics: The last value of each.
        tags: What was set.
        model: The last model that was logged.
    """

    id = "untracked"

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self.metrics: dict[str, float] = {}
        self.tags: dict[str, str] = {}
        self.model: Any = None

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Keep hyperparameters in mind."""
        self.params.update(params)

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:  # noqa: ARG002 - as Run has it
        """Keep metrics in mind."""
        self.metrics.update(metrics)

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Keep tags in mind."""
        self.tags.update(tags)

    def log_model(self, model: Any, name: str = "model", **flavor_options: Any) -> None:  # noqa: ARG002 - as Run has it
        """Keep a model in mind."""
        self.model = model

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("log_"):
            raise AttributeError(name)
        return lambda *_, **__: None  # splits, validation, artifacts: on no record here
