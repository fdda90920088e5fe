"""The as-of join on one machine, batch by batch of the view, without sorting it.

Entity rows are few: they are sorted, into slots. Each row of the view belongs to the first slot of its key that is not
before it, which bisection finds; of those that belong to one slot, only the newest counts. The newest row of a union
is the newest of the newest of its parts: so a view of any size is joined in batches, in one pass and in any order.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.training.as_of_index import FOREVER, Slots, microseconds, parts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["as_of_join"]

_SLOT = "_slot"  # no column of a view can have that name
_NEVER = -(2**63)  # us

Read = Callable[[Sequence[str]], "Iterator[pa.Table]"]


def as_of_join(slots: Slots, view: FeatureView, columns: Sequence[str], read: Read) -> "pa.Table":
    """For each entity row, what the view said at its time.

    Args:
        slots: The entity rows, by the view's keys.
        view: The view.
        columns: Stored features to return.
        read: Reads columns of the view, in batches; called again where rows have to be told apart by all of them.

    Returns:
        The columns, as many rows as there are entity rows, in their order.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    newest = _Newest(slots, view)
    found = newest.rows(read, columns)
    shared = newest.shared(found)
    if shared.true_count:
        rivals = _one_of_each(found.filter(shared), newest, columns, read)
        found = pa.concat_tables([found.filter(pc.invert(shared)), rivals])
    ttl = None if view.ttl is None else view.ttl // timedelta(microseconds=1)
    rows = slots.holding(found[_SLOT].to_numpy(), microseconds(found[view.event_time]), ttl)
    return found.select(columns).take(pa.array(rows, mask=rows < 0))


class _Newest:
    """The newest event time of each slot, as far as a view has been read."""

    def __init__(self, slots: Slots, view: FeatureView) -> None:
        import numpy as np

        self.view = view
        self._slots = slots
        # In microseconds; one more than there are slots, for rows that have none.
        self._times = np.full(len(slots) + 1, _NEVER)

    def rows(self, read: Read, columns: Sequence[str]) -> "pa.Table":
        """Read a view: all rows that have it, with those columns, their times and their slot."""
        import numpy as np
        import pyarrow as pa

        wanted = [*self.view.times, *columns]
        schema = pa.schema([(name, arrow_type(self.view.dtypes[name])) for name in wanted])
        found = [schema.append(pa.field(_SLOT, pa.int32())).empty_table()]
        for table in read([*self.view.keys, *wanted]):
            times = microseconds(table[self.view.event_time])
            places = self._slots.places(table.select(self.view.keys), times)
            for part in parts(len(places)):
                np.maximum.at(self._times, places[part], times[part])
            found.append(self._only(table.select(wanted).append_column(_SLOT, pa.array(places))))
            if sum(map(len, found)) > 2 * len(self._slots):
                found = [self._only(rows) for rows in found]
        return pa.concat_tables(self._only(rows) for rows in found)

    def shared(self, rows: "pa.Table") -> "pa.BooleanArray":
        """For each row, whether there is another of its slot."""
        import numpy as np
        import pyarrow as pa

        places = rows[_SLOT].to_numpy()
        return pa.array(np.bincount(places)[places] > 1)

    def narrow(self, places: "pa.ChunkedArray") -> None:
        """Let no other slots have rows from now on."""
        import numpy as np

        others = np.ones(len(self._times), bool)
        others[places.to_numpy()] = False
        self._times[others] = FOREVER

    def _only(self, rows: "pa.Table") -> "pa.Table":
        """Those that are the newest of their slot."""
        import numpy as np
        import pyarrow as pa

        places, times = rows[_SLOT].combine_chunks().to_numpy(), microseconds(rows[self.view.event_time])
        newest = np.empty(len(places), bool)
        for part in parts(len(places)):
            has_slot = places[part] < len(self._slots)
            newest[part] = has_slot & (self._times[places[part]] == times[part])
        return rows.filter(pa.array(newest))


def _one_of_each(rows: "pa.Table", newest: _Newest, columns: Sequence[str], read: Read) -> "pa.Table":
    """Of the rows of each slot the one written last; of those, the greatest by all features in order."""
    import polars as pl

    view = newest.view
    rivals = pl.DataFrame(rows)
    if view.created_time is not None:
        written = pl.col(view.created_time)
        last = written.max().over(_SLOT)
        rivals = rivals.filter((written == last) | last.is_null())
    rivals = rivals.unique([_SLOT, *columns], maintain_order=True)  # what was written twice is no question
    if rivals[_SLOT].is_duplicated().any():
        newest.narrow(rows[_SLOT])
        # All features decide, so that it does not matter which are asked for.
        features = [feature.name for feature in view.features]
        rivals = pl.DataFrame(newest.rows(read, features)).sort(
            [*view.times[1:], *features], nulls_last=False
        )
        rivals = rivals.unique(_SLOT, keep="last", maintain_order=True)
    return rivals.select(rows.column_names).to_arrow().cast(rows.schema)
