"""`Slots`: entity rows in order of key and time, and where among them a view's rows belong."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["FOREVER", "Slots", "microseconds", "parts"]

_AT_A_TIME = 65_536
_SPARSEST = 16  # of numbers from the least to the greatest key, for each that there is
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

    def places(self, keys: "pa.Table", times: "NDArray[np.int64]") -> "NDArray[np.int32]":
        """For each row of a view the first slot of its key that is not before it; `len(self)` if there is none.

        Args:
            keys: The rows' keys.
            times: Their event times, in microseconds.
        """
        import numpy as np

        codes = self._keys.codes(keys)
        places = np.full(len(codes), len(self), np.int32)
        for part in parts(len(codes)):
            known = np.flatnonzero(codes[part] < len(self._keys))
            places[part][known] = self._search(codes[part][known], times[part][known])
        return places

    def holding(
        self, places: "NDArray[np.int32]", times: "NDArray[np.int64]", ttl: int | None
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

    def _search(self, codes: "NDArray[np.int32]", times: "NDArray[np.int64]") -> "NDArray[np.int64]":
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
        first, *others = (_Values(column) for column in keys.columns)
        self._steps = [first]
        self._others = others
        codes = first.codes(keys[0])
        for values, column in zip(others, keys.columns[1:], strict=True):
            both = _paired(codes, self._steps[-1], values.codes(column), values)
            self._steps.append(_Values(both))
            codes = self._steps[-1].codes(both)

    def __len__(self) -> int:
        return len(self._steps[-1])

    def codes(self, keys: "pa.Table") -> "NDArray[np.int32]":
        """The number of each row's; `len(self)` where there is a null, or a combination that is not known."""
        codes = self._steps[0].codes(keys[0])
        rest = zip(self._others, keys.columns[1:], self._steps[:-1], self._steps[1:], strict=True)
        for values, column, before, after in rest:
            codes = after.codes(_paired(codes, before, values.codes(column), values))
        return codes


class _Values:
    """Numbers the distinct values of a column."""

    def __init__(self, column: "pa.Array | pa.ChunkedArray") -> None:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        self._values = pc.unique(column).drop_null()
        self._table: NDArray[np.int32] | None = None
        if len(self) and pa.types.is_integer(column.type):
            bounds = pc.min_max(self._values).as_py()
            span = bounds["max"] - bounds["min"] + 1
            if span <= _SPARSEST * len(self):
                # Whole numbers that lie close together are looked up without hashing.
                self._least = np.int64(bounds["min"])
                self._table = np.full(span + 1, len(self), np.int32)
                self._table[self._values.to_numpy() - self._least] = np.arange(len(self))

    def __len__(self) -> int:
        return len(self._values)

    def codes(self, column: "pa.Array | pa.ChunkedArray") -> "NDArray[np.int32]":
        """The number of each; `len(self)` for a null, or a value that is not known."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._table is None:
            return _numpy(pc.index_in(column, value_set=self._values), null=len(self))
        numbers = _numpy(column.cast(pa.int64()), null=0)
        codes = np.empty(len(numbers), np.int32)
        for part in parts(len(numbers)):
            # As unsigned numbers, those below the least lie beyond all others.
            offsets = (numbers[part] - self._least).view(np.uint64)
            codes[part] = self._table[np.minimum(offsets, np.uint64(len(self._table) - 1))]
        if column.null_count:
            codes[_numpy(column.is_null(), null=0)] = len(self)
        return codes


def microseconds(times: "pa.ChunkedArray") -> "NDArray[np.int64]":
    """Since 1970; nulls come after everything."""
    import pyarrow as pa

    return _numpy(times.cast(pa.int64()), null=FOREVER)


def parts(rows: int) -> "Iterator[slice]":
    """All of them, so many at a time that what is computed of them stays in the processor's cache."""
    for begin in range(0, rows, _AT_A_TIME):
        yield slice(begin, begin + _AT_A_TIME)


def _numpy(numbers: "pa.ChunkedArray", *, null: int) -> "NDArray[Any]":
    """Without a copy, where they are in one piece and none is null."""
    import pyarrow as pa

    filled = numbers.fill_null(null) if numbers.null_count else numbers
    whole = filled.combine_chunks() if isinstance(filled, pa.ChunkedArray) else filled
    array: NDArray[Any] = whole.to_numpy(zero_copy_only=False)
    return array


def _paired(
    ones: "NDArray[np.int32]", one: _Values, others: "NDArray[np.int32]", other: _Values
) -> "pa.Array":
    """One number for two; null where either is not known."""
    import numpy as np
    import pyarrow as pa

    unknown = (ones == len(one)) | (others == len(other))
    return pa.array(ones.astype(np.int64) * len(other) + others, mask=unknown)


def _powers_of_two(largest: int) -> list[int]:
    """From the highest that is not above `largest` down to 1."""
    return [1 << exponent for exponent in reversed(range(int(largest).bit_length()))]
