"""How metrics went from step to step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["Curve", "read_curves"]

_MOST_POINTS = 500  # of one curve: more than a picture has room for

# A curve of more steps than that is averaged over as many stretches. MLflow keeps infinity as the largest float, of
# which PostgreSQL cannot add two; steps are numeric, since the last of 64 bits has no successor.
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
    """One metric of one run: its value at each step."""

    run: str
    metric: str
    steps: list[float]
    values: list[float]


def read_curves(reader: "Engine", runs: Sequence[str]) -> list[Curve]:
    """The curves of all metrics that were logged at more than one step."""
    curves: dict[tuple[str, str], Curve] = {}
    with reader.connect() as connection:
        for run, metric, step, value in connection.exec_driver_sql(
            _CURVES, {"runs": list(runs), "most": _MOST_POINTS}
        ):
            curve = curves.setdefault((run, metric), Curve(run, metric, [], []))
            curve.steps.append(step)
            curve.values.append(value)
    return list(curves.values())
