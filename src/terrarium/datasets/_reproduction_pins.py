"""Pinned snapshots while a run is reproduced: its datasets are read as the run read them."""

from typing import TYPE_CHECKING

from terrarium.datasets.lineage import snapshots_read
from terrarium.record.features_read import PREFIX

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["pinned_snapshots"]


def pinned_snapshots(client: "MlflowClient") -> dict[str, int]:
    """Return dataset -> default snapshot to read; empty unless this process reproduces a run.

    A dataset that the run read at several snapshots is not included: its code must have named the snapshots.
    """
    from terrarium.record.storage import read_record
    from terrarium.reproduce import reproduced_run

    run = reproduced_run()
    if run is None:
        return {}
    read: dict[str, set[int]] = {}
    for dataset, snapshots in snapshots_read(client, run).items():
        # `training_set` pins the sources of features itself; the code may also read their datasets directly.
        own = [
            id_
            for id_, contexts in snapshots.items()
            if id_ is not None and not all(context.startswith(PREFIX) for context in contexts)
        ]
        read.setdefault(dataset, set()).update(own or (id_ for id_ in snapshots if id_ is not None))
    # The splits of a nested run are recorded with its parent, and are not among its inputs.
    splits = read_record(client, run).splits
    for part in splits.parts if splits else ():
        if part.snapshot_id is not None:
            read.setdefault(part.dataset, set()).add(part.snapshot_id)
    return {dataset: snapshots.pop() for dataset, snapshots in read.items() if len(snapshots) == 1}
