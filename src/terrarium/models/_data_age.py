"""Age of the training data of a model."""

from datetime import datetime
from typing import TYPE_CHECKING

from terrarium.epoch import from_epoch_ms
from terrarium.record import RunRecord

if TYPE_CHECKING:
    from terrarium.warehouse import Warehouse

__all__ = ["data_as_of"]


def data_as_of(warehouse: "Warehouse", record: RunRecord) -> datetime | None:
    """When the newest of the snapshots that are on record was made; None where none is, or none is left."""
    pinned = {(part.dataset, part.snapshot_id) for part in record.parts if part.snapshot_id is not None}
    made = (_made(warehouse, dataset, snapshot) for dataset, snapshot in pinned)
    return max((moment for moment in made if moment is not None), default=None)


def _made(warehouse: "Warehouse", dataset: str, snapshot_id: int) -> datetime | None:
    table = warehouse.catalog.load_table((warehouse.database, warehouse.table_name(dataset)))
    snapshot = table.snapshot_by_id(snapshot_id)
    return from_epoch_ms(snapshot.timestamp_ms) if snapshot else None
