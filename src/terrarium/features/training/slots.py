"""`Slots`: entity rows in order of key and time, and where among them a view's rows belong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["FOREVER", "Slots", "microseconds"]

# Rows that are searched for at a time: what they need stays in the processor's cache.
_AT_A_TIME = 65_536
FOREVER = 2**63 - 1  # us


class Slots:
    """A slot for each entity row whose keys are all known, in order of key, then time.

    Safe to share between threads.

    Args:
        keys: The keys of the entity rows.
        times: As of when they are, in UTC, to the microsecond.
    """

    def __init__(self, keys: "pa.Table", times: "pa.ChunkedArray") -> None:
        import numpy as np

        self._keys = _Keys(keys)
        codes, moments = self._keys.codes(keys), microseconds(times)
        order = np.lexsort((moments, codes))
        counts = np.bincount(codes, minlength=len(self._keys) + 1)
        self._rows = len(order)  # entity rows, those without a slot included
        self._order = order[: len(order) - counts[-1]]  # slot -> entity row
        self._times = moments[self._order]
        self._begins = np.concatenate([[0], np.cumsum(counts[:-1]), [len(self)]])  # key -> its first slot
        self._begin = np.repeat(self._begins[:-2], counts[:-1])  # slot -> the first of its key
        self._steps = _powers_of_two(counts[:-1].max(initial=0))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._order)

    def places(self, keys: "pa.Table", times: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """For each row of a view the first slot of its key that is not before it; `len(self)` if there is none.

        Args:
            keys: The rows' keys.
            times: Their event times, in microseconds.
        """
        import numpy as np

        codes = self._keys.codes(keys)
        places = np.empty(len(codes), np.int64)
        for begin in range(0, len(codes), _AT_A_TIME):
            part = slice(begin, begin + _AT_A_TIME)
            places[part] = self._search(codes[part], times[part])
        return places

    def holding(
        self, places: "NDArray[np.int64]", times: "NDArray[np.int64]", ttl: int | None
    ) -> "NDArray[np.int64]":
        """For each entity row, which of what was found holds at its time; -1 where nothing does.

        Args:
            places: The slot of each that was found; no two have the same.
            times: Their event times, in microseconds.
            ttl: How long they hold, in microseconds.
        """
        import numpy as np

        own = np.full(len(self), -1)
        own[places] = np.arange(len(places))
        # What holds in one slot holds in those after it, of the same key, until there is something newer.
        slot = np.arange(len(self))
        latest = np.maximum.accumulate(np.where(own >= 0, slot, -1))
        held = np.where(latest >= self._begin, own[latest], -1)
        if ttl is not None:
            # Older rows are no better: where the newest has ended, nothing holds.
            known = np.flatnonzero(held >= 0)
            ended = self._times[known] - times[held[known]] > ttl
            held[known[ended]] = -1
        rows = np.full(self._rows, -1)
        rows[self._order] = held
        return rows

    def _search(self, codes: "NDArray[np.int64]", times: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """By bisection, of all rows at once: no sorting of the view, and no look at other keys' slots."""
        import numpy as np

        first, end = self._begins[codes], self._begins[codes + 1]
        for step in self._steps:
            probe = first + (step - 1)
            before = self._times[np.minimum(probe, len(self) - 1)] < times
            first += step * (before & (probe < end))
        return np.where(first < end, first, len(self))


class _Keys:
    """Numbers the combinations of keys that there are."""

    def __init__(self, keys: "pa.Table") -> None:
        import pyarrow.compute as pc

        self._values = [pc.unique(column).drop_null() for column in keys.columns]
        self._pairs: list[pa.Array] = []
        codes, *others = self._singly(keys)
        for values, other in zip(self._values[1:], others, strict=True):
            both = _paired(codes, other, len(values))
            self._pairs.append(pc.unique(both).drop_null())
            codes = pc.index_in(both, value_set=self._pairs[-1])

    def __len__(self) -> int:
        return len(self._pairs[-1] if self._pairs else self._values[0])

    def codes(self, keys: "pa.Table") -> "NDArray[np.int64]":
        """The number of each row's; `len(self)` where there is a null, or a combination that is not known."""
        import pyarrow as pa
        import pyarrow.compute as pc

        codes, *others = self._singly(keys)
        for values, other, pairs in zip(self._values[1:], others, self._pairs, strict=True):
            codes = pc.index_in(_paired(codes, other, len(values)), value_set=pairs)
        numbered: NDArray[np.int64] = codes.cast(pa.int64()).fill_null(len(self)).to_numpy()
        return numbered

    def _singly(self, keys: "pa.Table") -> "Sequence[pa.ChunkedArray]":
        import pyarrow.compute as pc

        return [
            pc.index_in(column, value_set=values)
            for column, values in zip(keys.columns, self._values, strict=True)
        ]


def microseconds(times: "pa.ChunkedArray") -> "NDArray[np.int64]":
    """Since 1970; nulls come after everything."""
    import pyarrow as pa

    since: NDArray[np.int64] = times.cast(pa.int64()).fill_null(FOREVER).to_numpy()
    return since


def _paired(one: "pa.ChunkedArray", other: "pa.ChunkedArray", others: int) -> "pa.ChunkedArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.add(pc.multiply(one.cast(pa.int64()), others), other)


def _powers_of_two(largest: int) -> list[int]:
    """From the highest that is not above `largest` down to 1."""
    return [1 << exponent for exponent in reversed(range(int(largest).bit_length()))]
