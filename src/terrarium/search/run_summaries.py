"""Search results as run summaries: one query for the ids, one for all their values."""

from typing import TYPE_CHECKING, Any

from terrarium.epoch import from_epoch_ms
from terrarium.record.run_summary import RunSummary
from terrarium.search.sql import ChosenRuns
from terrarium.search.tables import metric_value, tables

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Engine, FromClause, Row, ScalarSelect

__all__ = ["count_runs", "list_runs"]


def count_runs(reader: "Engine", chosen: ChosenRuns) -> int:
    """Return the number of the chosen runs."""
    from sqlalchemy import func, select

    with reader.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(chosen.ids().subquery())).scalar_one())


def list_runs(reader: "Engine", chosen: ChosenRuns) -> list[RunSummary]:
    """Return summaries of the chosen runs, in the chosen order."""
    from sqlalchemy import ARRAY, Text, bindparam, func, select

    runs, experiments, metrics = tables().runs, tables().experiments, tables().latest_metrics
    listed = (
        select(
            runs,
            experiments.c.name.label("experiment"),
            _collected(tables().params, tables().params.c.value).label("params"),
            _collected(metrics, metric_value(metrics)).label("metrics"),
            _collected(tables().tags, tables().tags.c.value).label("tags"),
        )
        .join_from(runs, experiments, runs.c.experiment_id == experiments.c.experiment_id)
        .where(runs.c.run_uuid == func.any(bindparam("ids", type_=ARRAY(Text))))
    )
    with reader.connect() as connection:
        ids = connection.execute(chosen.ids()).scalars().all()
        found = {row.run_uuid: _summary(row) for row in connection.execute(listed, {"ids": ids})}
    return [found[run_id] for run_id in ids if run_id in found]


def _collected(kept: "FromClause", value: "ColumnElement[Any]") -> "ScalarSelect[Any]":
    """Return a subquery for all keys and values of a run as one JSON object; NULL if the run has none."""
    from sqlalchemy import func, select

    runs = tables().runs
    objects = select(func.json_object_agg(kept.c.key, value))
    return objects.where(kept.c.run_uuid == runs.c.run_uuid).correlate(runs).scalar_subquery()


def _summary(row: "Row[Any]") -> RunSummary:
    return RunSummary(
        id=row.run_uuid,
        experiment=row.experiment,
        name=row.name or "",
        status=row.status,
        started=from_epoch_ms(row.start_time),
        ended=from_epoch_ms(row.end_time) if row.end_time else None,
        params=row.params or {},
        # JSON has no NaN: PostgreSQL writes it as text.
        metrics={name: float(value) for name, value in (row.metrics or {}).items()},
        tags=row.tags or {},
        artifact_uri=row.artifact_uri,
    )
