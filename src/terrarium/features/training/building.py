"""Makes training sets: finds what is asked for, pins it, has an engine look it up, and puts it together."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import FeatureNotFoundError
from terrarium.features.offline.source import Source
from terrarium.features.offline.table import load_table
from terrarium.features.offline.tables import Tables
from terrarium.features.training.assembly import assemble, refuse_clashing_columns
from terrarium.features.training.entity_rows import EntityRows, arrow_table
from terrarium.features.training.local_engine import Lookup
from terrarium.features.training.reference import Request
from terrarium.features.training.training_set import PinnedView, TrainingSet

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Join", "build_training_set"]

# For each lookup its columns as of the rows' times, as many rows as there are, in their order.
Join = Callable[[EntityRows, Sequence[Lookup]], "list[pa.Table]"]


def build_training_set(
    warehouse: Tables,
    entities: Any,
    request: Request,
    *,
    event_time: str,
    join: Join,
    snapshots: Mapping[str, int | None] | None = None,
) -> TrainingSet:
    """The training set; `terrarium.features.Features.training_set` says what it holds.

    Args:
        warehouse: Where the sources are.
        entities: For whom, and as of when.
        request: What is asked for.
        event_time: The column of `entities` that says as of when.
        join: The engine.
        snapshots: View with version -> snapshot; others are read as they are now.
    """
    rows = EntityRows(arrow_table(entities), event_time)
    refuse_clashing_columns(rows, request)
    rows.times()  # refuses before anything is read
    rows.keyed(request.request_fields)
    lookups = [
        Lookup(
            _pinned(warehouse, asked.registered.name, asked.registered.view, snapshots or {}), asked.stored
        )
        for asked in request.views
    ]
    looked_up = join(rows, lookups)
    names = [asked.registered.name for asked in request.views]
    table = assemble(rows, request, dict(zip(names, looked_up, strict=True)))
    views = (
        PinnedView(
            asked.registered.name, asked.registered.view.source, lookup.source.snapshot_id, asked.features
        )
        for asked, lookup in zip(request.views, lookups, strict=True)
    )
    return TrainingSet(table, tuple(views))


def _pinned(warehouse: Tables, name: str, view: FeatureView, snapshots: Mapping[str, int | None]) -> Source:
    table = load_table(warehouse, view)
    if name in snapshots:
        snapshot_id = snapshots[name]
        if snapshot_id is not None and table.snapshot_by_id(snapshot_id) is None:
            raise FeatureNotFoundError(
                f"dataset {view.source!r} has no snapshot {snapshot_id}, to which {name!r} was pinned",
                remedy="it has expired, or is another environment's",
            )
    else:
        current = table.current_snapshot()
        snapshot_id = current.snapshot_id if current else None
    source = Source(view, table, snapshot_id)
    source.check()
    return source
