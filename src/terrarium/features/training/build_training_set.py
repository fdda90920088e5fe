"""Makes training sets: finds what is asked for, pins it, has an engine look it up, and puts it together."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from terrarium.features.entity_rows import EntityRows, arrow_table
from terrarium.features.feature_request import FeatureRequest, ViewRequest
from terrarium.features.lookup import Lookup
from terrarium.features.offline.table_catalog import TableCatalog
from terrarium.features.offline.view_source import current_source, pinned_source
from terrarium.features.training.assembly import assemble, refuse_clashing_columns
from terrarium.features.training.training_set import PinnedView, TrainingSet

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Join", "build_training_set"]

_AT_ONCE = 8  # views: to open one takes two requests, which are waited for

# For each lookup its columns as of the rows' times, as many rows as there are, in their order.
Join = Callable[[EntityRows, Sequence[Lookup]], "list[pa.Table]"]


def build_training_set(
    warehouse: TableCatalog,
    entities: Any,
    request: FeatureRequest,
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
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        lookups = list(pool.map(partial(_opened, warehouse, pinned=snapshots or {}), request.views))
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


def _opened(warehouse: TableCatalog, asked: ViewRequest, *, pinned: Mapping[str, int | None]) -> Lookup:
    registered = asked.registered
    source = (
        pinned_source(warehouse, registered.view, pinned[registered.name])
        if registered.name in pinned
        else current_source(warehouse, registered.view)
    )
    return Lookup(source, asked.stored)
