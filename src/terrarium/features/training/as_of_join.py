"""The as-of join on one machine, batch by batch of the view.

The newest row of a union is the newest of the newest of its parts: so a view of any size is joined in batches of
bounded size, in one pass and in any order. Each batch only tells which row is the newest by event time; the few rows
that are it in the end are told apart afterwards, where several are.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from terrarium.features.definition.feature_view import FeatureView

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

__all__ = ["as_of_join"]

# Names that no column of a view can have.
_ROW, _KEY, _TIME, _EVENT = "_row", "_key", "_time", "_event"
_PAIR = (_KEY, _EVENT)

Read = Callable[[Sequence[str]], "Iterator[pa.Table]"]


def as_of_join(rows: "pl.DataFrame", view: FeatureView, columns: Sequence[str], read: Read) -> "pl.DataFrame":
    """For each row, what the view said at its time.

    Args:
        rows: The view's keys, and `_time`.
        view: The view.
        columns: Stored features to return.
        read: Reads columns of the view, in batches; called again where rows have to be told apart by all of them.

    Returns:
        The columns and `_event`, the event time of what was found; as many rows as `rows`, in their order.
    """
    import polars as pl

    keys = rows.select(view.keys).drop_nulls().unique().with_row_index(_KEY)
    slots = rows.with_row_index(_ROW).join(keys, on=view.keys).select(_ROW, _KEY, _TIME).sort(_TIME)
    newest, found = _newest(slots, keys, view, columns, read)
    found = _one_of_each(found, keys, view, columns, read)
    if view.ttl is not None:
        # Older rows are no better: where the newest has ended, nothing holds.
        newest = newest.join(slots, on=_ROW).filter(pl.col(_EVENT) >= pl.col(_TIME) - view.ttl)
    matched = newest.select(_ROW, *_PAIR).join(found.select(*_PAIR, *columns), on=_PAIR)
    return (
        rows.select(pl.int_range(pl.len(), dtype=pl.get_index_type()).alias(_ROW))
        .join(matched, on=_ROW, how="left", maintain_order="left")
        .select(_EVENT, *columns)
    )


def _newest(
    slots: "pl.DataFrame", keys: "pl.DataFrame", view: FeatureView, columns: Sequence[str], read: Read
) -> "tuple[pl.DataFrame, pl.DataFrame]":
    """For each slot the newest event time until its own, and all rows of the view that have that time."""
    import polars as pl

    wanted = [*view.keys, *view.times, *columns]
    newest: list[pl.DataFrame] = []
    found: list[pl.DataFrame] = []
    for table in read(wanted):
        batch = _keyed(table, keys, view)
        last = slots.join_asof(
            batch.select(_PAIR).sort(_EVENT),
            left_on=_TIME,
            right_on=_EVENT,
            by=_KEY,
            coalesce=False,
            check_sortedness=False,  # within groups it cannot
        )
        newest.append(last.select(_ROW, *_PAIR).drop_nulls(_EVENT))
        found.append(batch.join(newest[-1].select(_PAIR).unique(), on=_PAIR, how="semi"))
        if len(newest) > 1:
            newest = [pl.concat(newest).group_by(_ROW, _KEY).agg(pl.col(_EVENT).max())]
            found = [pl.concat(found).join(newest[0].select(_PAIR).unique(), on=_PAIR, how="semi")]
    if not newest:
        nothing = _keyed(_empty(view, wanted), keys, view)
        return slots.select(_ROW, _KEY).clear().with_columns(nothing[_EVENT]), nothing
    return newest[0], found[0]


def _one_of_each(
    found: "pl.DataFrame", keys: "pl.DataFrame", view: FeatureView, columns: Sequence[str], read: Read
) -> "pl.DataFrame":
    """One row for each key and event time: the one written last; of those, the greatest by its features in order."""
    import polars as pl

    if not found.select(_PAIR).is_duplicated().any():
        return found
    if view.created_time is not None:
        written = pl.col(view.created_time)
        last = written.max().over(_PAIR)
        found = found.filter((written == last) | last.is_null())
    found = found.unique([*_PAIR, *columns])  # what was written twice is no question
    doubled = found.filter(pl.struct(_PAIR).is_duplicated()).select(_PAIR).unique()
    if doubled.is_empty():
        return found
    features = [feature.name for feature in view.features]
    # All features decide, so that it does not matter which are asked for.
    rivals = pl.concat(
        _keyed(table, keys, view).join(doubled, on=_PAIR, how="semi")
        for table in read([*view.keys, *view.times, *features])
    )
    order = [*view.times[1:], *features]
    decided = rivals.sort(order, nulls_last=False).unique(_PAIR, keep="last", maintain_order=True)
    alone = found.join(doubled, on=_PAIR, how="anti")
    return pl.concat([alone, decided.select(alone.columns)])


def _keyed(table: "pa.Table", keys: "pl.DataFrame", view: FeatureView) -> "pl.DataFrame":
    """The rows of known keys, which become one integer; nulls match nothing."""
    import polars as pl

    batch = pl.DataFrame(table).rename({view.event_time: _EVENT})
    return batch.join(keys, on=view.keys).drop(view.keys).drop_nulls(_EVENT)


def _empty(view: FeatureView, columns: Sequence[str]) -> "pa.Table":
    import pyarrow as pa

    from terrarium.features.definition.dtype import arrow_type

    return pa.schema([(name, arrow_type(view.dtypes[name])) for name in columns]).empty_table()
