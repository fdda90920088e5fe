"""Views of training sets on the record of runs: recorded automatically, and pinned while a run is reproduced."""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from terrarium.features.training.training_set import PinnedView
from terrarium.imported_module import imported_module
from terrarium.record import Part, Splits
from terrarium.record.features_read import PREFIX, features_read, view_of

if TYPE_CHECKING:
    from terrarium.connection import Connection
    from terrarium.features.definition.registered_view import RegisteredView

__all__ = ["pinned_versions", "record_views", "recorded_snapshots"]

_log = logging.getLogger(__name__)


def record_views(connection: "Connection", views: tuple[PinnedView, ...]) -> None:
    """Add views to the record of the active run, and of runs that begin later in this process."""
    parts = tuple(
        Part(name=f"{PREFIX}{pinned.view}", dataset=pinned.dataset, snapshot_id=pinned.snapshot_id)
        for pinned in views
    )
    run = _active_run(connection)
    try:
        if not features_read(connection.environment).add(parts, run=run) and run is not None:
            _log_inputs(run, parts)  # a run of plain MLflow
    except Exception as error:  # noqa: BLE001 - the training set itself is complete, and names its snapshots
        _log.warning(
            "run %s does not show that it read %s: %s", run, ", ".join(part.name for part in parts), error
        )


def recorded_snapshots(connection: "Connection") -> dict[str, int | None]:
    """Return the recorded snapshot of each view, with its version, of the run that is being reproduced.

    Returns:
        View with version -> snapshot of its source; empty unless this process reproduces a run. A view that the run
        read at several snapshots is not included: its code must have named the snapshots.
    """
    from terrarium.reproduce import reproduced_run

    run = reproduced_run()
    if run is None:
        return {}
    from terrarium.record.storage import read_record

    read: dict[str, set[int | None]] = {}
    for part in read_record(connection.mlflow_client, run).parts:
        view = view_of(part)
        if view is not None:
            read.setdefault(view, set()).add(part.snapshot_id)
    return {view: snapshots.pop() for view, snapshots in read.items() if len(snapshots) == 1}


def pinned_versions(
    get: "Callable[[str, int | None], RegisteredView]", recorded: Mapping[str, int | None]
) -> "Callable[[str, int | None], RegisteredView]":
    """Return `get` with the recorded versions as defaults: a view may have a newer version by now."""
    versions: dict[str, set[int]] = {}
    for view in recorded:
        name, _, version = view.partition("@")
        versions.setdefault(name, set()).add(int(version))
    only = {name: found.pop() for name, found in versions.items() if len(found) == 1}

    def pinned(name: str, version: int | None) -> "RegisteredView":
        return get(name, only.get(name) if version is None else version)

    return pinned


def _active_run(connection: "Connection") -> str | None:
    mlflow = imported_module("mlflow")
    active = mlflow.active_run() if mlflow else None
    if active is None or not connection.has_tracking_uri(mlflow.get_tracking_uri()):
        return None
    return str(active.info.run_id)


def _log_inputs(run: str, parts: tuple[Part, ...]) -> None:
    import mlflow

    from terrarium.record.dataset_inputs import dataset_inputs

    mlflow.MlflowClient().log_inputs(run, datasets=dataset_inputs(Splits(parts=parts)))
