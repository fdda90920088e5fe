"""Age of the training data of a model."""

from datetime import datetime
from typing import TYPE_CHECKING

from terrarium.epoch import from_epoch_ms
from terrarium.record import RunRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from terrarium.warehouse import Warehouse

__all__ = ["data_as_of"]


def data_as_of(warehouse: "Callable[[], Warehouse]", record: RunRecord) -> datetime | None:
    """Return the time of the newest snapshot in the record; None if it names no snapshot, or none exists."""
    pinned = {(part.dataset, part.snapshot_id) for part in record.parts if part.snapshot_id is not None}
    made = (_made(warehouse(), dataset, snapshot) for dataset, snapshot in pinned)
    return max((moment for moment in made if moment is not None), default=None)


def _made(warehouse: "Warehouse", dataset: str, snapshot_id: int) -> datetime | None:
    table = warehouse.catalog.load_table((warehouse.database, warehouse.table_name(dataset)))
    snapshot = table.snapshot_by_id(snapshot_id)
    return from_epoch_ms(snapshot.timestamp_ms) if snapshot else None
