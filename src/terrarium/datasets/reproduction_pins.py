"""While a run is reproduced, its datasets are what they were: at the snapshots that it read."""

from typing import TYPE_CHECKING

from terrarium.datasets.lineage import snapshots_read
from terrarium.record.features_read import PREFIX

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["pinned_snapshots"]


def pinned_snapshots(lab: "Lab") -> dict[str, int]:
    """Dataset -> snapshot to read where none is asked for; empty unless this process reproduces a run.

    A dataset that the run read at several snapshots is not among them: its code must have said which.
    """
    from terrarium.record.storage import read_record
    from terrarium.reproduce import reproduced_run

    run = reproduced_run()
    if run is None:
        return {}
    read: dict[str, set[int]] = {}
    for dataset, snapshots in snapshots_read(lab, run).items():
        # What features were read from is pinned by `training_set`; the code may read the dataset itself, too.
        own = [
            id_
            for id_, contexts in snapshots.items()
            if id_ is not None and not all(context.startswith(PREFIX) for context in contexts)
        ]
        read.setdefault(dataset, set()).update(own or (id_ for id_ in snapshots if id_ is not None))
    # A nested run's splits are its parent's: on its record, and not among its inputs.
    splits = read_record(lab.experiments.client, run).splits
    for part in splits.parts if splits else ():
        if part.snapshot_id is not None:
            read.setdefault(part.dataset, set()).add(part.snapshot_id)
    return {dataset: snapshots.pop() for dataset, snapshots in read.items() if len(snapshots) == 1}
