"""Lineage of a dataset: the runs that wrote its versions, and those that read them."""

import json
import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from terrarium.datasets.versions import RUN, Version
from terrarium.imported_module import imported_module

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from terrarium.connection import Connection

__all__ = ["Lineage", "Reader", "Writer", "mark_run", "read_lineage", "snapshots_read", "writing_summary"]

_log = logging.getLogger(__name__)

# Tag of a run for each snapshot that it wrote; the value is the operation.
_WRITTEN = "terrarium.datasets.written"


class Writer(BaseModel):
    """The writer of a version; `run` is None if it was written outside of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    snapshot_id: int
    committed: datetime
    operation: str
    run: str | None = None


class Reader(BaseModel):
    """A run that read a version, with the contexts of its inputs, such as `train` or `test`.

    `snapshot_id` is None if the run did not record one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    name: str
    experiment: str
    snapshot_id: int | None = None
    contexts: tuple[str, ...] = ()


class Lineage(BaseModel):
    """Runs that wrote and read the versions of a dataset, the latest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    written: tuple[Writer, ...] = ()
    read: tuple[Reader, ...] = ()


def writing_summary() -> dict[str, str]:
    """Return the properties of a snapshot to be written: the id of the active run, if there is one."""
    run = _active_run_id()
    return {RUN: run} if run else {}


def mark_run(dataset: str, snapshot: int, operation: str) -> None:
    """Tag the active run with a snapshot that it wrote."""
    run = _active_run_id()
    if run is None:
        return
    import mlflow

    try:
        mlflow.MlflowClient().set_tag(run, f"{_WRITTEN}.{dataset}.{snapshot}", operation)
    except Exception as error:  # noqa: BLE001 - the rows are written, and their snapshot names the run
        _log.warning(
            "run %s does not show that it wrote snapshot %s of %s: %s", run, snapshot, dataset, error
        )


def read_lineage(
    connection: "Connection", dataset: str, versions: tuple[Version, ...], *, limit: int
) -> Lineage:
    """Return the lineage that runs recorded: by `run.use`, by splits, and by writes within a run.

    Args:
        connection: The environment of the runs.
        dataset: Name of the dataset.
        versions: The versions whose writers are returned.
        limit: The most readers to return.
    """
    from terrarium import search
    from terrarium.search.run_summaries import list_runs
    from terrarium.search.sql import ChosenRuns

    chosen = ChosenRuns(where=search.dataset(dataset), limit=limit)
    readers: list[Reader] = []
    for found in list_runs(connection.database.reader, chosen):
        for snapshot, contexts in snapshots_read(connection.mlflow_client, found.id).get(dataset, {}).items():
            readers.append(
                Reader(
                    run=found.id,
                    name=found.name,
                    experiment=found.experiment,
                    snapshot_id=snapshot,
                    contexts=tuple(contexts),
                )
            )
    return Lineage(
        dataset=dataset,
        written=tuple(
            Writer(
                snapshot_id=version.snapshot_id,
                committed=version.committed,
                operation=version.operation,
                run=version.run,
            )
            for version in versions
        ),
        read=tuple(readers),
    )


def snapshots_read(client: "MlflowClient", run: str) -> dict[str, dict[int | None, list[str]]]:
    """Return dataset -> snapshot -> contexts, from a run's inputs."""
    from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

    read: dict[str, dict[int | None, list[str]]] = {}
    inputs = client.get_run(run).inputs
    for given in inputs.dataset_inputs if inputs else ():
        contexts = [tag.value for tag in given.tags if tag.key == MLFLOW_DATASET_CONTEXT]
        source: Any = json.loads(given.dataset.source) if given.dataset.source_type == "terrarium" else {}
        read.setdefault(given.dataset.name, {}).setdefault(source.get("snapshot_id"), []).extend(contexts)
    return read


def _active_run_id() -> str | None:
    mlflow = imported_module("mlflow")
    if mlflow is None:
        return None  # without MLflow, no run is active
    active = mlflow.active_run()
    return str(active.info.run_id) if active else None
