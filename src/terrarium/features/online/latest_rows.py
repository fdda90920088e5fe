"""Latest row of each entity in a source: the rows to write online."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.offline.batch_size import MEMORY_LIMIT
from terrarium.features.offline.time_range import TimeRange
from terrarium.features.offline.view_source import ViewSource

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Baseline", "latest_rows"]


@dataclass(frozen=True)
class Baseline:
    """Rows that were materialized before: until a time, from the files of a snapshot."""

    source: ViewSource
    until: datetime


def latest_rows(source: ViewSource, until: datetime, since: Baseline | None) -> "pl.DataFrame":
    """Return the row that holds for each entity at `until`, sorted by keys.

    The result is the same for the same snapshot and times.

    Args:
        source: The source at a snapshot.
        until: Later rows are ignored, and so are those whose ttl has ended by then.
        since: Return only entities with rows that this does not cover. Default: all entities.
    """
    import polars as pl
    import pyarrow as pa

    view = source.view
    features = [feature.name for feature in view.features]
    schema = pa.schema([(name, arrow_type(dtype)) for name, dtype in view.dtypes.items()])
    newest = pl.DataFrame(schema.empty_table())
    time = pl.col(view.event_time)
    for batch in _batches(source, until, since):
        counting = batch.filter(time <= until).drop_nulls(view.keys)
        if view.ttl is not None:
            counting = counting.filter(time >= until - view.ttl)
        both = pl.concat([newest, counting])
        newest = (
            both.filter(time == time.max().over(view.keys))
            # The same rule as in training sets: created last, then the greatest by its features.
            .sort([*view.times[1:], *features], nulls_last=False)
            .unique(view.keys, keep="last", maintain_order=True)
        )
    return newest.sort(view.keys)


def _batches(source: ViewSource, until: datetime, since: Baseline | None) -> "Iterator[pl.DataFrame]":
    import polars as pl

    view = source.view
    columns = list(view.dtypes)
    earliest = None if view.ttl is None else until - view.ttl
    whole = TimeRange(earliest, until)
    if since is None:
        for table in source.batches(columns, whole, memory_limit=MEMORY_LIMIT):
            yield pl.DataFrame(table)
        return
    # New files may hold late rows, whatever their event times. Rows of old files may be later than `since.until`.
    for table in source.batches(columns, whole, memory_limit=MEMORY_LIMIT, without=since.source.files()):
        yield pl.DataFrame(table)
    if until > since.until:
        later = TimeRange(since.until if earliest is None else max(earliest, since.until), until)
        for table in source.batches(columns, later, memory_limit=MEMORY_LIMIT):
            yield pl.DataFrame(table).filter(pl.col(view.event_time) > since.until)
