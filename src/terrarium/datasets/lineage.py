"""Which run wrote a version, and which runs read one."""

import json
import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from terrarium.datasets.versions import RUN, Version
from terrarium.imported_module import imported_module

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["Lineage", "Reader", "Writer", "mark_run", "read_lineage", "snapshots_read", "writing_summary"]

_log = logging.getLogger(__name__)

# Tag of a run, one per snapshot that it wrote; its value is the operation.
_WRITTEN = "terrarium.datasets.written"


class Writer(BaseModel):
    """What wrote a version; the run is None where it was written outside of any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    snapshot_id: int
    committed: datetime
    operation: str
    run: str | None = None


class Reader(BaseModel):
    """A run that read a version, and as what: `train`, `test`, `input`; the id is None where it was not pinned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    name: str
    experiment: str
    snapshot_id: int | None = None
    contexts: tuple[str, ...] = ()


class Lineage(BaseModel):
    """Where the versions of a dataset come from, and where they went; the latest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    written: tuple[Writer, ...] = ()
    read: tuple[Reader, ...] = ()


def writing_summary() -> dict[str, str]:
    """Properties for a snapshot that is about to be written: the run that is under way here, if one is."""
    run = _active_run_id()
    return {RUN: run} if run else {}


def mark_run(dataset: str, snapshot: int, operation: str) -> None:
    """Tell the run that is under way here what it has written."""
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


def read_lineage(lab: "Lab", dataset: str, versions: tuple[Version, ...], *, limit: int) -> Lineage:
    """As far as runs have told: by `run.use`, by splits, and by writing within a run.

    Args:
        lab: Where the runs are.
        dataset: The name.
        versions: Which wrote.
        limit: How many runs that read, at most.
    """
    from terrarium import search

    readers: list[Reader] = []
    for found in lab.experiments.search(search.dataset(dataset), limit=limit):
        for snapshot, contexts in snapshots_read(lab, found.id).get(dataset, {}).items():
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


def snapshots_read(lab: "Lab", run: str) -> dict[str, dict[int | None, list[str]]]:
    """Dataset -> snapshot -> as what, of a run's inputs."""
    from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

    read: dict[str, dict[int | None, list[str]]] = {}
    inputs = lab.experiments.client.get_run(run).inputs
    for given in inputs.dataset_inputs if inputs else ():
        contexts = [tag.value for tag in given.tags if tag.key == MLFLOW_DATASET_CONTEXT]
        source: Any = json.loads(given.dataset.source) if given.dataset.source_type == "terrarium" else {}
        read.setdefault(given.dataset.name, {}).setdefault(source.get("snapshot_id"), []).extend(contexts)
    return read


def _active_run_id() -> str | None:
    mlflow = imported_module("mlflow")
    if mlflow is None:
        return None  # then no run of it can be under way
    active = mlflow.active_run()
    return str(active.info.run_id) if active else None
