"""Runs to compare, that no store has."""

from datetime import UTC, datetime

import terrarium
from terrarium.compare.compared_run import ComparedRun
from tests.unit.record.examples import RECORD

__all__ = ["compared_run"]


def compared_run(
    name: str,
    *,
    params: dict[str, str] | None = None,
    metrics: dict[str, float] | None = None,
    record: terrarium.RunRecord | None = RECORD,
) -> ComparedRun:
    """A run whose id is its name over and over."""
    run = (name * 32)[:32]
    summary = terrarium.RunSummary(
        id=run,
        experiment="churn",
        name=name,
        status="FINISHED",
        started=datetime(2026, 1, 31, tzinfo=UTC),
        ended=datetime(2026, 1, 31, tzinfo=UTC),
        params=params or {},
        metrics=metrics or {},
        tags={},
        artifact_uri=f"s3://bucket/{run}",
    )
    return ComparedRun(summary=summary, record=record)
