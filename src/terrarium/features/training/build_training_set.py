"""Building of training sets: open and pin the sources, have an engine look up the features, assemble the table."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from terrarium.features._lookup import Lookup
from terrarium.features.entity_rows import EntityRows
from terrarium.features.errors import EntityRowsError
from terrarium.features.feature_request import FeatureRequest, ViewRequest
from terrarium.features.offline.batch_size import MEMORY_LIMIT
from terrarium.features.offline.table_catalog import TableCatalog
from terrarium.features.offline.view_source import current_source, pinned_source
from terrarium.features.training._assembly import assemble, refuse_clashing_columns
from terrarium.features.training.local_engine import join_locally
from terrarium.features.training.training_set import PinnedView, TrainingSet
from terrarium.tabular.arrow_table import arrow_table

if TYPE_CHECKING:
    import pyarrow as pa

    from terrarium.warehouse import Warehouse

__all__ = ["Join", "build_training_set", "choose_join"]

_AT_ONCE = 8  # views; opening one waits for two requests

# Returns, for each lookup, its columns as of the times of the entity rows: one row per entity row, in their order.
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
    """Return the training set; see `terrarium.features.Features.training_set`.

    Args:
        warehouse: The tables of the sources.
        entities: The entity rows.
        request: The requested features.
        event_time: The column of `entities` with the time of each row.
        join: The engine.
        snapshots: View with version -> snapshot. Other views are read at their latest snapshot.
    """
    rows = EntityRows(arrow_table(entities, error=EntityRowsError), event_time)
    refuse_clashing_columns(rows, request)
    rows.times()  # validate before anything is read
    rows.keyed(request.request_fields)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        lookups = list(pool.map(partial(_opened, warehouse, pinned=snapshots or {}), request.views))
    looked_up = join(rows, lookups)
    names = [view_request.registered.name for view_request in request.views]
    table = assemble(rows, request, dict(zip(names, looked_up, strict=True)))
    views = (
        PinnedView(
            view_request.registered.name,
            view_request.registered.view.source,
            lookup.source.snapshot_id,
            view_request.features,
        )
        for view_request, lookup in zip(request.views, lookups, strict=True)
    )
    return TrainingSet(table, tuple(views))


def choose_join(
    engine: Literal["local", "athena"], warehouse: "Warehouse", *, memory_limit: int = MEMORY_LIMIT
) -> Join:
    """Return the join of an engine; only the local one is bounded by `memory_limit`."""
    if engine == "local":
        return partial(join_locally, memory_limit=memory_limit)
    from terrarium.features.training._athena_engine import join_on_athena

    return partial(join_on_athena, warehouse)


def _opened(
    warehouse: TableCatalog, view_request: ViewRequest, *, pinned: Mapping[str, int | None]
) -> Lookup:
    registered = view_request.registered
    source = (
        pinned_source(warehouse, registered.view, pinned[registered.name])
        if registered.name in pinned
        else current_source(warehouse, registered.view)
    )
    return Lookup(source, view_request.stored)
