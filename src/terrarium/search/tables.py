"""The tables of MLflow's schema that a search reads.

MLflow's own mapping is not used, because importing it takes over a second. Migration and recording check the revision
of the schema.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from terrarium.record.non_finite import LARGEST

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, TableClause

__all__ = ["Tables", "metric_value", "tables"]


class Tables(NamedTuple):
    """Tables, by their names in MLflow's schema."""

    runs: "TableClause"
    experiments: "TableClause"
    experiment_tags: "TableClause"
    params: "TableClause"
    latest_metrics: "TableClause"
    tags: "TableClause"
    inputs: "TableClause"
    datasets: "TableClause"


@cache
def tables() -> Tables:
    """Return the tables. They are created at the first call, because SQLAlchemy is slow to import."""
    from sqlalchemy import BigInteger, Boolean, Double, Integer, Text, column, table

    def keyed(name: str, owner: str = "run_uuid") -> "TableClause":
        return table(name, column(owner, Text), column("key", Text), column("value", Text))

    runs = [
        (name, Text) for name in ("run_uuid", "name", "user_id", "status", "lifecycle_stage", "artifact_uri")
    ]
    return Tables(
        runs=table(
            "runs",
            *(column(name, kind) for name, kind in runs),
            column("start_time", BigInteger),
            column("end_time", BigInteger),
            column("experiment_id", Integer),
        ),
        experiments=table(
            "experiments",
            column("experiment_id", Integer),
            column("name", Text),
            column("lifecycle_stage", Text),
        ),
        experiment_tags=keyed("experiment_tags", "experiment_id"),
        params=keyed("params"),
        latest_metrics=table(
            "latest_metrics",
            column("run_uuid", Text),
            column("key", Text),
            column("value", Double),
            column("is_nan", Boolean),
        ),
        tags=keyed("tags"),
        inputs=table(
            "inputs",
            *(column(f"{end}_{part}", Text) for end in ("source", "destination") for part in ("type", "id")),
        ),
        datasets=table(
            "datasets", column("dataset_uuid", Text), column("name", Text), column("digest", Text)
        ),
    )


def metric_value(metrics: "FromClause") -> "ColumnElement[Any]":
    """Return the value of a row of `latest_metrics`.

    MLflow stores NaN as 0 with a flag, and infinity as the largest float.
    """
    from sqlalchemy import Double, case, literal

    def number(text: str) -> "ColumnElement[Any]":
        return literal(text).cast(Double)

    return case(
        (metrics.c.is_nan, number("NaN")),
        (metrics.c.value >= LARGEST, number("Infinity")),
        (metrics.c.value <= -LARGEST, number("-Infinity")),
        else_=metrics.c.value,
    )
