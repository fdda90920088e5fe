"""Points of metrics into MLflow's tables in bulk: the hot path of recording.

A point is a row of `metrics`; the newest of each run and name is a row of `latest_metrics`. The primary key of
`metrics` covers all of a point (run, name, timestamp, step, value), so that inserting one a second time does
nothing: what is not known to have arrived may simply be sent again.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from psycopg import Cursor
    from sqlalchemy import Connection

__all__ = ["Point", "copy_points", "insert_points"]


class Point(NamedTuple):
    """One value of one metric; `timestamp` in milliseconds since the epoch."""

    name: str
    value: float
    timestamp: int
    step: int


# MLflow keeps NaN as 0 with a flag, and infinity as the largest double. The newest, as MLflow has it, is so by
# step, then time, then value. Rows are locked in the order of names, as MLflow locks them, so that nobody waits
# in a circle.
_RECORD = """
WITH points AS MATERIALIZED (
    SELECT name AS key,
           CASE value WHEN 'NaN' THEN 0
                      WHEN 'Infinity' THEN 1.7976931348623157e308
                      WHEN '-Infinity' THEN -1.7976931348623157e308
                      ELSE value END AS value,
           timestamp, step, value = 'NaN' AS is_nan, %(run)s::text AS run_uuid
    FROM {source}
), inserted AS (
    INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid)
    SELECT key, value, timestamp, step, is_nan, run_uuid FROM points
    ON CONFLICT DO NOTHING
)
INSERT INTO latest_metrics AS latest (key, value, timestamp, step, is_nan, run_uuid)
SELECT DISTINCT ON (key) key, value, timestamp, step, is_nan, run_uuid
FROM points
ORDER BY key, step DESC, timestamp DESC, value DESC
ON CONFLICT (key, run_uuid) DO UPDATE
SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest.step, latest.timestamp, latest.value)
"""
_STAGING = """
CREATE TEMPORARY TABLE IF NOT EXISTS terrarium_points (
    name text, value float8, timestamp bigint, step bigint, checksum text
) ON COMMIT DELETE ROWS
"""
_FROM_STAGING = _RECORD.format(source="terrarium_points")
_FROM_ARRAYS = _RECORD.format(
    source="unnest(%(names)s::text[], %(values)s::float8[], %(timestamps)s::bigint[], %(steps)s::bigint[])"
    " AS arrays (name, value, timestamp, step)"
)


def insert_points(connection: "Connection", run_id: str, points: Sequence[Point]) -> None:
    """Insert points in one round trip; for up to some thousands."""
    if not points:
        return
    names, values, timestamps, steps = map(list, zip(*points, strict=True))
    arrays = {"names": names, "values": values, "timestamps": timestamps, "steps": steps}
    connection.exec_driver_sql(_FROM_ARRAYS, {"run": run_id, **arrays})


def copy_points(connection: "Connection", run_id: str, lines: bytes) -> None:
    """Insert points as they stand in a journal, by COPY; for as many as fit in memory.

    Args:
        connection: In a transaction.
        run_id: Of all the points.
        lines: Whole lines, see `terrarium.journal.line`. PostgreSQL reads them: nothing is done per point here.
    """
    connection.exec_driver_sql(_STAGING)
    cursor: Cursor[tuple[object, ...]] = connection.connection.cursor()  # type: ignore[assignment]  # psycopg's own
    with cursor.copy("COPY terrarium_points FROM STDIN") as copy:
        copy.write(lines)
    connection.exec_driver_sql(_FROM_STAGING, {"run": run_id})
