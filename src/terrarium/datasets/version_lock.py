"""Lock between runs that record versions and the expiry of versions, in the metadata database.

Expiry looks for references to a version and then deletes it. Without a lock, a run could record the version in
between. Therefore a run first records the version, and then waits for an expiry that is in progress: either expiry has
seen the record, or the run finds that the version is gone.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from terrarium.datasets.errors import VersionNotFoundError
from terrarium.errors import Error
from terrarium.metadata.advisory_lock import advisory_lock

if TYPE_CHECKING:
    from terrarium.metadata import Database
    from terrarium.warehouse import Warehouse

__all__ = ["check_recorded", "expiring"]


@contextmanager
def expiring(database: "Database", dataset: str) -> Iterator[None]:
    """Hold the lock of a dataset while versions without references are found and deleted."""
    with advisory_lock(database.writer, _lock_name(dataset)):
        yield


def check_recorded(
    database: "Database", warehouse: "Warehouse", versions: Iterable[tuple[str, int | None]]
) -> None:
    """Check that versions which a run has just recorded exist, and cannot expire any more.

    Args:
        database: The metadata database, whose locks are taken.
        warehouse: The tables.
        versions: Datasets and snapshots. Entries without a snapshot, and datasets of other environments, are ignored.

    Raises:
        VersionNotFoundError: A version has expired.
    """
    for dataset, snapshot in sorted({(name, id_) for name, id_ in versions if id_ is not None}):
        with advisory_lock(database.writer, _lock_name(dataset), shared=True):
            pass  # an expiry that began before has ended
        _check_present(warehouse, dataset, snapshot)


def _lock_name(dataset: str) -> str:
    return f"dataset.versions.{dataset}"


def _check_present(warehouse: "Warehouse", dataset: str, snapshot: int) -> None:
    from terrarium.datasets._tables import load_table

    try:
        table = load_table(warehouse, dataset)
    except (Error, ImportError):
        return  # not a dataset of this environment, or not readable with this role or installation
    if table.snapshot_by_id(snapshot) is None:
        raise VersionNotFoundError(
            f"version {snapshot} of dataset {dataset!r} has expired since it was looked up",
            remedy=f'look it up again: lab.datasets.get("{dataset}"); a tag, or `run.use`, keeps a version',
        )
