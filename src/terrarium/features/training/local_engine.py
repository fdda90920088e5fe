"""Training sets on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.offline.source import Source
from terrarium.features.offline.time_range import TimeRange
from terrarium.features.training.as_of_join import as_of_join
from terrarium.features.training.entity_rows import EntityRows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MEMORY_LIMIT", "Lookup", "join_locally"]

MEMORY_LIMIT = 1024**3  # bytes


@dataclass(frozen=True)
class Lookup:
    """Which columns of which source are to be looked up."""

    source: Source
    columns: tuple[str, ...]


def join_locally(rows: EntityRows, lookups: Sequence[Lookup], *, memory_limit: int) -> "list[pa.Table]":
    """For each lookup its columns as of the rows' times, as many rows as `rows`, in their order.

    Args:
        rows: For whom, and as of when.
        lookups: What to look up.
        memory_limit: In bytes: what is taken at a time besides the rows and the result.
    """
    return [_join(rows, lookup, memory_limit) for lookup in lookups]


def _join(rows: EntityRows, lookup: Lookup, memory_limit: int) -> "pa.Table":
    import polars as pl
    import pyarrow as pa

    view = lookup.source.view
    times = rows.times()
    keyed = rows.keyed({entity.key: entity.dtype for entity in view.entities}).append_column("_time", times)
    within = _time_range(times, view.ttl)
    joined = as_of_join(
        pl.DataFrame(keyed),
        view,
        lookup.columns,
        lambda columns: lookup.source.batches(columns, within, memory_limit=memory_limit),
    )
    schema = pa.schema([(name, arrow_type(view.dtypes[name])) for name in lookup.columns])
    return joined.select(lookup.columns).to_arrow().cast(schema)


def _time_range(times: "pa.ChunkedArray", ttl: timedelta | None) -> TimeRange:
    import pyarrow.compute as pc

    if not len(times):
        return TimeRange()
    bounds = pc.min_max(times)
    first, last = bounds["min"].as_py(), bounds["max"].as_py()
    try:
        return TimeRange(first - ttl if ttl is not None else None, last)
    except OverflowError:  # longer ago than there are dates
        return TimeRange(None, last)
