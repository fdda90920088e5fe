"""Search results as a data frame. The database returns each column as one array."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from terrarium.sdk_source import INSTALL_SDK
from terrarium.search.errors import DataFramesNotInstalledError
from terrarium.search.sql import ChosenRuns
from terrarium.search.tables import metric_value, tables

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Subquery

__all__ = ["frame_of_runs"]

# Column of the table -> column of `mlflow.search_runs`, in that function's order.
_ATTRIBUTES = {
    "run_uuid": "run_id",
    "experiment_id": "experiment_id",
    "status": "status",
    "artifact_uri": "artifact_uri",
    "start_time": "start_time",
    "end_time": "end_time",
}


def frame_of_runs(reader: "Engine", chosen: ChosenRuns) -> "pd.DataFrame":
    """Return one row per chosen run, in the chosen order, read in one snapshot of the database.

    Returns:
        The columns of `mlflow.search_runs`: `run_id`, `experiment_id`, `status`, `artifact_uri`, `start_time` and
        `end_time` (UTC), then `metrics.*` (NaN where missing), `params.*` and `tags.*` (None where missing).

    Raises:
        DataFramesNotInstalledError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ModuleNotFoundError as error:
        raise DataFramesNotInstalledError(
            "a data frame needs pandas, which is not installed", remedy=INSTALL_SDK
        ) from error
    with reader.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        columns = dict(_columns(connection, chosen))
    return pd.DataFrame(columns, copy=False)


def _columns(connection: "Connection", chosen: ChosenRuns) -> "Iterator[tuple[str, Any]]":
    import numpy as np
    import pandas as pd
    from sqlalchemy import select

    ids = chosen.positions().subquery("chosen")
    runs, metrics, params, tags = tables().runs, tables().latest_metrics, tables().params, tables().tags
    attributes = (
        select(*(runs.c[name] for name in _ATTRIBUTES))
        .join_from(ids, runs, ids.c.run_uuid == runs.c.run_uuid)
        .order_by(ids.c.position)
    )
    rows = connection.execute(attributes).all()
    for index, name in enumerate(_ATTRIBUTES.values()):
        column = [row[index] for row in rows]
        match name:
            case "start_time" | "end_time":
                yield name, pd.to_datetime(np.array(column, dtype="float64"), unit="ms", utc=True)
            case "experiment_id":
                yield name, np.array([str(value) for value in column], dtype=object)
            case _:
                yield name, np.array(column, dtype=object)
    for key, positions, values in _arrays(connection, ids, metrics, metric_value(metrics)):
        yield f"metrics.{key}", _placed(np.full(len(rows), np.nan), positions, values)
    for group, kept in (("params", params), ("tags", tags)):
        for key, positions, values in _arrays(connection, ids, kept, kept.c.value):
            yield f"{group}.{key}", _placed(np.full(len(rows), None, dtype=object), positions, values)


def _arrays(
    connection: "Connection", ids: "Subquery", kept: "FromClause", value: "ColumnElement[Any]"
) -> "Iterator[tuple[str, list[int], list[Any]]]":
    """Yield each key with the positions of the runs that have it and their values."""
    from sqlalchemy import func, select

    arrays = (
        select(kept.c.key, func.array_agg(ids.c.position), func.array_agg(value))
        .join_from(ids, kept, ids.c.run_uuid == kept.c.run_uuid)
        .group_by(kept.c.key)
        .order_by(kept.c.key)
    )
    for key, positions, values in connection.execute(arrays):  # noqa: UP028 - rows are no tuples to the type checker
        yield key, positions, values


def _placed(column: Any, positions: list[int], values: list[Any]) -> Any:
    column[positions] = values
    return column
