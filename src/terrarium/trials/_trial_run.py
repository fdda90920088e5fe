"""`TrialRun`: the methods of a run that a hyperparameter search uses."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from terrarium.record import RunRecord, SearchRecord, ValidationProcedure

__all__ = ["TrialRun", "TrialRunT"]


class TrialRun(Protocol):
    """The run of a search, or the nested run of a trial. `terrarium.Run` implements it."""

    @property
    def id(self) -> str:
        """MLflow's run id."""
        ...

    @property
    def record(self) -> "RunRecord":
        """The record of the run so far."""
        ...

    @property
    def metrics(self) -> Mapping[str, float]:
        """The last value of each metric that this process logged."""
        ...

    def __enter__(self) -> Self:
        """Start the run."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """End the run."""
        ...

    def nested(
        self,
        name: str | None = None,
        *,
        params: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Self:
        """Return a nested run."""
        ...

    def log_params(self, params: Mapping[str, object]) -> None:
        """Record hyperparameters."""
        ...

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Record one value of each metric."""
        ...

    def log_fold_metrics(self, metrics: Mapping[str, Sequence[float]]) -> None:
        """Record metrics with one value per fold of a validation procedure."""
        ...

    def log_validation(self, procedure: "ValidationProcedure") -> None:
        """Record the validation procedure of the metrics."""
        ...

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set tags."""
        ...

    def state_search(self, search: "SearchRecord") -> None:
        """Record the search with its current trials."""
        ...


TrialRunT = TypeVar("TrialRunT", bound=TrialRun)
