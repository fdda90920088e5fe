"""Deleted runs and models in MLflow's tables: list them, find references to them, and erase them."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection

from terrarium.epoch import from_epoch_ms, to_epoch_ms

__all__ = [
    "DeletedRecord",
    "deleted_models",
    "deleted_runs",
    "erase_experiment",
    "erase_model",
    "erase_run",
    "find_references",
    "known_ids",
    "lock_run",
]


class DeletedRecord(NamedTuple):
    """A run or logged model that may be garbage; `source_run` is the run that logged the model."""

    id: str
    name: str
    artifact_uri: str
    since: datetime
    source_run: str | None = None


# References to a run or a logged model (`m-...`) contain the 32 hexadecimal digits of its id: URIs of artifacts,
# runs:/ and models:/ addresses, parents. A run's own history of logged models is not a reference to them.
_ID = "[0-9a-f]{32}"
_REFERENCES = f"""
    WITH texts (holder, text) AS (
        SELECT run_uuid, value FROM tags WHERE key <> 'mlflow.log-model.history'
        UNION ALL SELECT run_uuid, value FROM params
        UNION ALL SELECT inputs.destination_id, datasets.dataset_source FROM inputs
            JOIN datasets ON inputs.source_type = 'DATASET' AND inputs.source_id = datasets.dataset_uuid
        UNION ALL SELECT source_id, destination_id FROM inputs WHERE source_type = 'RUN_INPUT'
        UNION ALL SELECT model_id, source_run_id FROM logged_models
        UNION ALL SELECT NULL, concat_ws(' ', run_id, source, storage_location) FROM model_versions
            WHERE current_stage <> 'Deleted_Internal'
    )
    SELECT DISTINCT holder, found[1]
    FROM texts, regexp_matches(text, '{_ID}', 'g') AS found
    WHERE found[1] = ANY(%(ids)s)
"""  # noqa: S608 - the pattern is a constant


def deleted_runs(connection: "Connection", *, before: datetime) -> list[DeletedRecord]:
    """Return the runs that were deleted before a time."""
    rows = connection.exec_driver_sql(
        "SELECT run_uuid, name, artifact_uri, deleted_time FROM runs"
        " WHERE lifecycle_stage = 'deleted' AND deleted_time <= %(before)s ORDER BY deleted_time",
        {"before": to_epoch_ms(before)},
    )
    return [DeletedRecord(run, name or "", uri, from_epoch_ms(since)) for run, name, uri, since in rows]


def deleted_models(
    connection: "Connection", runs: Collection[str], *, before: datetime
) -> list[DeletedRecord]:
    """Return the logged models that were deleted before a time, or that one of `runs` logged."""
    rows = connection.exec_driver_sql(
        "SELECT model_id, name, artifact_location, last_updated_timestamp_ms, source_run_id FROM logged_models"
        " WHERE source_run_id = ANY(%(runs)s)"
        " OR lifecycle_stage = 'deleted' AND last_updated_timestamp_ms <= %(before)s",
        {"runs": list(runs), "before": to_epoch_ms(before)},
    )
    return [
        DeletedRecord(model, name, uri, from_epoch_ms(since), run) for model, name, uri, since, run in rows
    ]


def known_ids(connection: "Connection") -> set[str]:
    """Return the ids of all runs and logged models, deleted ones included."""
    query = "SELECT run_uuid FROM runs UNION ALL SELECT model_id FROM logged_models"
    return set(connection.exec_driver_sql(query).scalars())


def find_references(connection: "Connection", ids: Collection[str]) -> Iterator[tuple[str | None, str]]:
    """Yield the references to `ids`.

    Yields:
        The id of the run or logged model that refers, None for a registered model version; and the id referred to.
    """
    digits = {id_.removeprefix("m-"): id_ for id_ in ids}
    rows = connection.exec_driver_sql(_REFERENCES, {"ids": list(digits)})
    for holder, found in rows:
        yield holder, digits[found]


def lock_run(connection: "Connection", run: str) -> None:
    """Lock the row of a run until the transaction ends; do nothing if the run does not exist."""
    connection.exec_driver_sql("SELECT 1 FROM runs WHERE run_uuid = %(run)s FOR UPDATE", {"run": run})


def erase_run(connection: "Connection", run: str, *, before: datetime) -> bool:
    """Erase the record of a run, and return True; return False if the run was restored in the meantime."""
    still = connection.exec_driver_sql(
        "SELECT 1 FROM runs WHERE run_uuid = %(run)s AND lifecycle_stage = 'deleted'"
        " AND deleted_time <= %(before)s FOR UPDATE",
        {"run": run, "before": to_epoch_ms(before)},
    ).scalar()
    if not still:
        return False
    for table in ("metrics", "latest_metrics", "params", "tags", "runs"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE run_uuid = %(run)s", {"run": run})  # noqa: S608
    connection.exec_driver_sql(
        "DELETE FROM inputs WHERE destination_type = 'RUN' AND destination_id = %(run)s"
        " OR source_type LIKE 'RUN_%%' AND source_id = %(run)s",
        {"run": run},
    )
    return True


def erase_experiment(connection: "Connection", experiment: str) -> bool:
    """Erase an experiment that has no runs, and return True; return False if it has any."""
    if connection.exec_driver_sql(
        "SELECT 1 FROM runs WHERE experiment_id = %(experiment)s LIMIT 1", {"experiment": int(experiment)}
    ).scalar():
        return False
    for table in ("experiment_tags", "experiments"):
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE experiment_id = %(experiment)s",  # noqa: S608 - constants
            {"experiment": int(experiment)},
        )
    return True


def erase_model(connection: "Connection", model: str, *, before: datetime) -> bool:
    """Erase a logged model, and return True; return False if it is not deleted and its run exists."""
    erased = connection.exec_driver_sql(
        "DELETE FROM logged_models WHERE model_id = %(model)s"
        " AND (lifecycle_stage = 'deleted' AND last_updated_timestamp_ms <= %(before)s"
        "      OR NOT EXISTS (SELECT 1 FROM runs WHERE run_uuid = source_run_id))",
        {"model": model, "before": to_epoch_ms(before)},
    )
    return erased.rowcount == 1
