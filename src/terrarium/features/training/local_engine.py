"""The local engine: as-of joins in this process."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from terrarium.features._lookup import Lookup
from terrarium.features.entity_rows import EntityRows
from terrarium.features.offline.time_range import TimeRange
from terrarium.features.training.as_of_index import AsOfIndex
from terrarium.features.training.as_of_join import as_of_join

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["join_locally"]


def join_locally(rows: EntityRows, lookups: Sequence[Lookup], *, memory_limit: int) -> "list[pa.Table]":
    """Return, for each lookup, its columns as of the times of `rows`: one row per entity row, in their order.

    Args:
        rows: The entity rows.
        lookups: The columns to look up.
        memory_limit: Bytes that may be used at a time, besides the rows and the result.
    """
    if not lookups:
        return []
    keys = {_keys(lookup): None for lookup in lookups}
    # Views with the same keys share an index.
    indexes = {named: AsOfIndex(rows.keyed(dict(named)), rows.times()) for named in keys}
    workers = min(len(lookups), os.cpu_count() or 1)
    join = partial(_join, rows, memory_limit=memory_limit // workers)
    with ThreadPoolExecutor(workers, thread_name_prefix="terrarium-join") as pool:
        return list(pool.map(join, [indexes[_keys(lookup)] for lookup in lookups], lookups))


def _keys(lookup: Lookup) -> tuple[tuple[str, str], ...]:
    return tuple((entity.key, entity.dtype) for entity in lookup.source.view.entities)


def _join(rows: EntityRows, index: AsOfIndex, lookup: Lookup, *, memory_limit: int) -> "pa.Table":
    view = lookup.source.view
    within = _time_range(rows.times(), view.ttl)
    return as_of_join(
        index,
        view,
        lookup.columns,
        lambda columns: lookup.source.batches(columns, within, memory_limit=memory_limit),
    )


def _time_range(times: "pa.ChunkedArray", ttl: timedelta | None) -> TimeRange:
    import pyarrow.compute as pc

    if not len(times):
        return TimeRange()
    bounds = pc.min_max(times)
    first, last = bounds["min"].as_py(), bounds["max"].as_py()
    try:
        return TimeRange(first - ttl if ttl is not None else None, last)
    except OverflowError:  # before the first date that Python has
        return TimeRange(None, last)
