"""Metrics and directions of a search for hyperparameters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from terrarium.experiments.errors import SearchRefusedError
from terrarium.journal.line import check_metric_name
from terrarium.record.direction import Direction, direction_of

if TYPE_CHECKING:
    import optuna

    from terrarium.record import UseCase

__all__ = ["check_directions", "directions_of", "metrics_of"]


def metrics_of(
    metric: str | Sequence[str] | None,
    direction: Direction | Sequence[Direction] | None,
    use_case: "UseCase | None",
) -> list[str]:
    """Return the metrics of a search: those that are stated, else the use case's.

    Raises:
        SearchRefusedError: There is none, or one is stated twice.
        MetricRefusedError: No metric can have this name.
    """
    if metric is None:
        objectives = 1 if direction is None or isinstance(direction, str) else len(direction)
        if objectives == 1:
            return [use_case.evaluation_metric if use_case else "objective"]
        return [f"objective_{number}" for number in range(objectives)]
    metrics = [metric] if isinstance(metric, str) else list(metric)
    if not metrics or len(set(metrics)) < len(metrics):
        raise SearchRefusedError(
            f"a search cannot be by the metrics {metrics}",
            remedy='name each once: metric=["roc_auc", "size"]',
        )
    for name in metrics:
        check_metric_name(name)
    return metrics


def directions_of(
    metrics: Sequence[str], direction: Direction | Sequence[Direction] | None, use_case: "UseCase | None"
) -> list[Direction]:
    """Return the direction of each metric: the one that is stated, else the use case's, else the one of its name.

    Raises:
        SearchRefusedError: There are not as many directions as metrics.
    """
    if direction is None:
        return [direction_of(metric, use_case) for metric in metrics]
    directions: list[Direction] = [direction] if isinstance(direction, str) else list(direction)
    known = get_args(Direction)
    if len(directions) != len(metrics) or any(one not in known for one in directions):
        raise SearchRefusedError(
            f"direction={direction!r} does not fit the metrics {', '.join(metrics)}",
            remedy=f"state one per metric, each {' or '.join(map(repr, known))}; or none, for the use case's",
        )
    return directions


def check_directions(study: "optuna.Study", directions: Sequence[Direction]) -> None:
    """Check that a study has these directions.

    Raises:
        SearchRefusedError: An existing study has others.
    """
    kept = [direction.name.lower() for direction in study.directions]
    if kept != list(directions):  # Optuna would go on in the study's direction without a word
        raise SearchRefusedError(
            f"study {study.study_name!r} exists, and its directions are {kept}, not {list(directions)}",
            remedy=f"search in the study's: run.optimize(..., direction={kept!r}), or name another study",
        )
