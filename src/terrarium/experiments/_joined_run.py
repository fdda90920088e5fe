"""`JoinedRun`: a run of another process that this one logs metrics to, e.g. a rank of a distributed training."""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from terrarium.experiments._metric_writer import MetricWriter
from terrarium.experiments.errors import RunNotActiveError

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["JoinedRun"]


class JoinedRun:
    """Logs metrics to a run of another process. Neither the end of the block nor of this process ends the run.

    Returned by `lab.experiments.join`. Samples with the same metric, value, step and millisecond are stored once, also
    if several ranks log them.
    """

    def __init__(self, run_id: str, *, connection: "Connection") -> None:
        self.id = run_id
        self._connection = connection
        self._writer: MetricWriter | None = None

    def __enter__(self) -> Self:
        self._writer = MetricWriter(self._connection, self.id)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        metric_writer, self._writer = self._writer, None
        assert metric_writer is not None  # noqa: S101 - for the type checker: the block was entered
        if metric_writer.finish() is None:
            metric_writer.discard()
        else:
            metric_writer.release()

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:
        """Record one value of each metric, as `Run.log_metrics` does.

        Raises:
            RunNotActiveError: Outside the block.
        """
        if self._writer is None:
            raise RunNotActiveError(
                f"run {self.id} is not joined",
                remedy="use it within its block: with lab.experiments.join(run_id) as run:",
            )
        self._writer.record(metrics, step=step, timestamp=time.time_ns() // 1_000_000)
