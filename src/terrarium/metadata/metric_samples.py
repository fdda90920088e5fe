"""Bulk insertion of metric samples into MLflow's tables.

A sample is a row of `metrics`. The newest sample of each run and name is also a row of `latest_metrics`. The primary
key of `metrics` covers the whole sample (run, name, timestamp, step, value), so a repeated insertion has no effect:
samples can be sent again if it is unknown whether they arrived.
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


# MLflow stores NaN as 0 with a flag, and infinity as the largest double. It orders samples by step, then timestamp,
# then value. Rows are locked in the order of names, as in MLflow, to prevent deadlocks.
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
    """Insert up to some thousand samples in one round trip."""
    if not points:
        return
    names, values, timestamps, steps = map(list, zip(*points, strict=True))
    arrays = {"names": names, "values": values, "timestamps": timestamps, "steps": steps}
    connection.exec_driver_sql(_FROM_ARRAYS, {"run": run_id, **arrays})


def copy_points(connection: "Connection", run_id: str, lines: bytes) -> None:
    """Insert the lines of a journal with COPY. All lines must fit into memory.

    Args:
        connection: A connection in a transaction.
        run_id: The run of all samples.
        lines: Whole lines, see `terrarium.journal.line`. PostgreSQL parses them, without work per sample here.
    """
    connection.exec_driver_sql(_STAGING)
    cursor: Cursor[tuple[object, ...]] = connection.connection.cursor()  # type: ignore[assignment]  # psycopg's own
    with cursor.copy("COPY terrarium_points FROM STDIN") as copy:
        copy.write(lines)
    connection.exec_driver_sql(_FROM_STAGING, {"run": run_id})
