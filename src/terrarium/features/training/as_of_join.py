"""The as-of join on one machine: reads the view in batches, in any order, and never sorts it.

The entity rows are few; `AsOfIndex` sorts them into slots. Each row of the view belongs to the first slot of its key
that is not before it, and only the latest row of each slot counts. The latest row of several batches is the latest of
their latest rows, so one pass over the batches suffices, whatever the size of the view.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.training.as_of_index import FOREVER, AsOfIndex, blocks, to_microseconds

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["as_of_join"]

_SLOT = "_slot"  # no column of a view can have this name
_NEVER = -(2**63)  # us

Read = Callable[[Sequence[str]], "Iterator[pa.Table]"]


def as_of_join(index: AsOfIndex, view: FeatureView, columns: Sequence[str], read: Read) -> "pa.Table":
    """Return the values of a view as of the time of each entity row.

    Args:
        index: The entity rows, by the view's keys.
        view: The view.
        columns: Stored features to return.
        read: Reads columns of the view, in batches. It is called a second time if rows tie in time and columns.

    Returns:
        The columns, one row per entity row, in their order.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    latest = _LatestRows(index, view)
    candidates = latest.read(read, columns)
    tied = latest.tied(candidates)
    if tied.true_count:
        decided = _break_ties(candidates.filter(tied), latest, columns, read)
        candidates = pa.concat_tables([candidates.filter(pc.invert(tied)), decided])
    ttl = None if view.ttl is None else view.ttl // timedelta(microseconds=1)
    matches = index.match(candidates[_SLOT].to_numpy(), to_microseconds(candidates[view.event_time]), ttl)
    return candidates.select(columns).take(pa.array(matches, mask=matches < 0))


class _LatestRows:
    """The latest rows of each slot, of the batches that were read so far."""

    def __init__(self, index: AsOfIndex, view: FeatureView) -> None:
        import numpy as np

        self.view = view
        self._index = index
        # Microseconds by slot; the last entry is for rows without a slot.
        self._latest_times = np.full(len(index) + 1, _NEVER)

    def read(self, read: Read, columns: Sequence[str]) -> "pa.Table":
        """Read the view; return the rows that have the latest time of their slot: times, columns and slot."""
        import numpy as np
        import pyarrow as pa

        wanted = [*self.view.times, *columns]
        schema = pa.schema([(name, arrow_type(self.view.dtypes[name])) for name in wanted])
        found = [schema.append(pa.field(_SLOT, pa.int32())).empty_table()]
        for table in read([*self.view.keys, *wanted]):
            times = to_microseconds(table[self.view.event_time])
            slots = self._index.find_slots(table.select(self.view.keys), times)
            for block in blocks(len(slots)):
                np.maximum.at(self._latest_times, slots[block], times[block])
            found.append(self._filter(table.select(wanted).append_column(_SLOT, pa.array(slots))))
            if sum(map(len, found)) > 2 * len(self._index):
                found = [self._filter(rows) for rows in found]
        return pa.concat_tables(self._filter(rows) for rows in found)

    def tied(self, rows: "pa.Table") -> "pa.BooleanArray":
        """Return, for each row, whether another row has the same slot."""
        import numpy as np
        import pyarrow as pa

        slots = rows[_SLOT].to_numpy()
        return pa.array(np.bincount(slots)[slots] > 1)

    def restrict(self, slots: "pa.ChunkedArray") -> None:
        """Ignore rows of all other slots from now on."""
        import numpy as np

        others = np.ones(len(self._latest_times), bool)
        others[slots.to_numpy()] = False
        self._latest_times[others] = FOREVER

    def _filter(self, rows: "pa.Table") -> "pa.Table":
        """Return the rows that have a slot and its latest time."""
        import numpy as np
        import pyarrow as pa

        slots, times = rows[_SLOT].combine_chunks().to_numpy(), to_microseconds(rows[self.view.event_time])
        latest = np.empty(len(slots), bool)
        for block in blocks(len(slots)):
            has_slot = slots[block] < len(self._index)
            latest[block] = has_slot & (self._latest_times[slots[block]] == times[block])
        return rows.filter(pa.array(latest))


def _break_ties(rows: "pa.Table", latest: _LatestRows, columns: Sequence[str], read: Read) -> "pa.Table":
    """Return one row per slot: the one created last, and of those the greatest by all features in order."""
    import polars as pl

    view = latest.view
    tied = pl.DataFrame(rows)
    if view.created_time is not None:
        created = pl.col(view.created_time)
        last = created.max().over(_SLOT)
        tied = tied.filter((created == last) | last.is_null())
    tied = tied.unique([_SLOT, *columns], maintain_order=True)  # equal rows need no decision
    if tied[_SLOT].is_duplicated().any():
        latest.restrict(rows[_SLOT])
        # All features of the view decide, so that the result does not depend on `columns`.
        features = [feature.name for feature in view.features]
        tied = pl.DataFrame(latest.read(read, features)).sort([*view.times[1:], *features], nulls_last=False)
        tied = tied.unique(_SLOT, keep="last", maintain_order=True)
    return tied.select(rows.column_names).to_arrow().cast(rows.schema)
