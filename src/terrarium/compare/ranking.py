"""Ranking of runs by one metric."""

import difflib
import math
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from terrarium.compare.compared_run import ComparedRun
from terrarium.compare.errors import MetricNotFoundError
from terrarium.record.direction import direction_of

__all__ = ["Ranking", "rank"]


class Ranking(BaseModel):
    """Runs ranked by one metric.

    Attributes:
        metric: The name of the metric.
        maximize: Whether a larger value is better.
        runs: Run ids, the best first. Runs without the metric come last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    maximize: bool
    runs: tuple[str, ...]


def rank(runs: Sequence[ComparedRun], *, metric: str | None, maximize: bool | None) -> Ranking | None:
    """Return the ranking of runs, or None if they have no common metric.

    Args:
        runs: The runs, in any order.
        metric: Defaults to the evaluation metric of the runs' use case, or else to the first metric that all runs have.
        maximize: Whether a larger value is better. Defaults to the result of `direction_of`.

    Raises:
        MetricNotFoundError: No run has `metric`.
    """
    if metric is not None and not any(metric in run.summary.metrics for run in runs):
        names = sorted({name for run in runs for name in run.summary.metrics})
        close = difflib.get_close_matches(metric, names, n=1)
        raise MetricNotFoundError(
            f"none of the runs has a metric {metric!r}",
            remedy=(f"did you mean {close[0]!r}? " if close else "")
            + f"Their metrics are {', '.join(names) or 'none'}",
        )
    use_case = next((run.record.use_case for run in runs if run.record and run.record.use_case), None)
    if metric is None and use_case:
        metric = use_case.evaluation_metric
    if metric is None or not any(metric in run.summary.metrics for run in runs):
        common = set.intersection(*(set(run.summary.metrics) for run in runs))
        if not common:
            return None
        metric = min(common)
    if maximize is None:
        maximize = direction_of(metric, use_case) == "maximize"

    def place(run: ComparedRun) -> tuple[bool, float]:
        value = run.summary.metrics.get(metric, math.nan)
        return math.isnan(value), 0.0 if math.isnan(value) else -value if maximize else value

    return Ranking(
        metric=metric, maximize=maximize, runs=tuple(run.summary.id for run in sorted(runs, key=place))
    )
