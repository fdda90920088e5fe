"""Learning curves: metrics by step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["Curve", "read_curves"]

_MOST_POINTS = 500  # of one curve; a plot cannot show more

# A curve with more steps is averaged over this number of intervals. Values from 1e300 are excluded: MLflow stores
# infinity as the largest float, and PostgreSQL cannot add two of these. Steps are numeric, because `high + 1` overflows
# for the largest 64-bit step.
_CURVES = """
    WITH points AS (
        SELECT run_uuid, key, step, value FROM metrics
        WHERE run_uuid = ANY(%(runs)s) AND NOT is_nan AND abs(value) < 1e300
    ), spans AS (
        SELECT run_uuid, key, min(step)::numeric AS low, max(step)::numeric AS high FROM points GROUP BY run_uuid, key
        HAVING max(step) > min(step)
    )
    SELECT run_uuid, key, avg(step)::float8, avg(value)
    FROM points JOIN spans USING (run_uuid, key)
    GROUP BY run_uuid, key, width_bucket(step, low, high + 1, least(high - low + 1, %(most)s)::int)
    ORDER BY run_uuid, key, avg(step)
"""


class Curve(NamedTuple):
    """The values of one metric of one run, by step."""

    run: str
    metric: str
    steps: list[float]
    values: list[float]


def read_curves(reader: "Engine", runs: Sequence[str]) -> list[Curve]:
    """Return the curves of all metrics that were logged at more than one step."""
    curves: dict[tuple[str, str], Curve] = {}
    with reader.connect() as connection:
        for run, metric, step, value in connection.exec_driver_sql(
            _CURVES, {"runs": list(runs), "most": _MOST_POINTS}
        ):
            curve = curves.setdefault((run, metric), Curve(run, metric, [], []))
            curve.steps.append(step)
            curve.values.append(value)
    return list(curves.values())
