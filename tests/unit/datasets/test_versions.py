"""Versions of a dataset, and their lookup by time."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from terrarium.datasets.versions import find_snapshot, versions_of
from tests.unit.datasets.local_tables import local_table


def test_versions_are_the_ancestors_of_the_current_one(tmp_path: Path) -> None:
    table = local_table(tmp_path, pa.table({"x": [0, 1]}))
    table.append(pa.table({"x": [2]}))
    latest, first = versions_of(table)
    assert (latest.rows, latest.added_rows, latest.parent_id) == (3, 1, first.snapshot_id)
    assert (
        find_snapshot(table, name="rows", snapshot=None, tag=None, time=latest.committed)
        == latest.snapshot_id
    )


@given(st.integers(0, 4_000_000_000_000), st.integers(0, 999), st.integers(-12, 12))
def test_looks_up_times_by_whole_milliseconds(milliseconds: int, beyond: int, hours: int) -> None:
    """Whatever its zone; binary fractions of a second would lose a millisecond now and then."""
    asked: list[int] = []

    def snapshot_as_of_timestamp(at: int) -> SimpleNamespace:
        asked.append(at)
        return SimpleNamespace(snapshot_id=1)

    table = cast(
        "Any",
        SimpleNamespace(
            snapshot_as_of_timestamp=snapshot_as_of_timestamp,
            history=lambda: [SimpleNamespace(snapshot_id=1)],
        ),
    )
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    moment = epoch + timedelta(milliseconds=milliseconds, microseconds=beyond)
    zoned = moment.astimezone(timezone(timedelta(hours=hours))) if milliseconds > 10**9 else moment
    find_snapshot(table, name="rows", snapshot=None, tag=None, time=zoned)
    assert asked == [milliseconds]
