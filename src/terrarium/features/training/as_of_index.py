"""As-of index: positions of entity rows in order of key and time, and the lookup of view rows in them.

The index sorts the entity rows; a view is never sorted. A *slot* is a position in that order. Example, with times in
microseconds and a ttl of 3:

    entity row  customer  time          slot        0  1  2
    0           A         7             customer    A  A  B
    1           B         5      ->     slot_times  3  7  5
    2           A         3             slot_rows   2  0  1    entity row of the slot
    3           null      4             key_starts  0  0  2    first slot with the same key

`first_slots`, by code of the key (A is 0, B is 1), is [0, 2, 3]: the slots of A are 0 and 1, that of B is 2. Entity row
3 has no slot, because a null key matches nothing.

`find_slots` returns, for each row of the view, the first slot of its key that is not before it:

    customer  time  slot
    A         1     0
    A         3     0    an event at the time of the entity row counts
    A         9     3    3 is the number of slots: no entity row of A is that late
    B         2     2
    C         1     3    no entity row has this key

The join keeps the latest row of each slot as a candidate: A at 3 for slot 0 and B at 2 for slot 2, that is
`slots=[0, 2]` and `times=[3, 2]`. `match` then finds the candidate of each entity row:

    slot                            0   1   2
    candidate of the slot itself    0  -1   1
    with earlier slots of the key   0   0   1    slot 1 takes over the candidate of slot 0
    age                             0   4   3
    within the ttl                  0  -1   1

By entity row (`slot_rows`), the result is [-1, 1, 0, -1].
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["FOREVER", "AsOfIndex", "blocks", "to_microseconds"]

_BLOCK_ROWS = 65_536
# Integer keys are looked up in a table of all integers from the least to the greatest, if it has at most this many
# entries per key.
_MAX_TABLE_ENTRIES_PER_KEY = 16
FOREVER = 2**63 - 1  # us


class AsOfIndex:
    """Entity rows in order of key and time; the module's docstring has an example.

    Safe to share between threads.

    Args:
        keys: The key columns of the entity rows.
        times: The times of the entity rows, in UTC, to the microsecond.
    """

    def __init__(self, keys: "pa.Table", times: "pa.ChunkedArray") -> None:
        import numpy as np

        self._encoder = _KeyEncoder(keys)
        codes, row_times = self._encoder.encode(keys), to_microseconds(times)
        order = np.lexsort((row_times, codes))
        counts = np.bincount(codes, minlength=len(self._encoder) + 1)
        slots_per_key, without_slot = counts[:-1], counts[-1]
        self._entity_rows = len(order)
        self._slot_rows = order[: len(order) - without_slot]
        self._slot_times = row_times[self._slot_rows]
        self._first_slots = np.concatenate([[0], np.cumsum(slots_per_key)])
        self._key_starts = np.repeat(self._first_slots[:-1], slots_per_key)
        self._strides = _powers_of_two(slots_per_key.max(initial=0))

    def __len__(self) -> int:
        """Return the number of slots."""
        return len(self._slot_rows)

    def find_slots(self, keys: "pa.Table", times: "NDArray[np.int64]") -> "NDArray[np.int32]":
        """Return, for each row of a view, the first slot of its key that is not before it; `len(self)` if none is.

        Args:
            keys: The key columns of the view's rows.
            times: Their event times, in microseconds.
        """
        import numpy as np

        codes = self._encoder.encode(keys)
        slots = np.full(len(codes), len(self), np.int32)
        for block in blocks(len(codes)):
            known = np.flatnonzero(codes[block] < len(self._encoder))
            slots[block][known] = self._bisect(codes[block][known], times[block][known])
        return slots

    def match(
        self, slots: "NDArray[np.int32]", times: "NDArray[np.int64]", ttl: int | None
    ) -> "NDArray[np.int64]":
        """Return, for each entity row, the number of the candidate that holds at its time; -1 if none does.

        Args:
            slots: The slot of each candidate; no two candidates have the same slot.
            times: The event time of each candidate, in microseconds.
            ttl: How long a candidate holds, in microseconds; None, without limit.
        """
        import numpy as np

        candidates = np.full(len(self), -1)
        candidates[slots] = np.arange(len(slots))
        # A candidate holds in its slot and in the later ones of its key, up to the next candidate.
        slot = np.arange(len(self))
        latest = np.maximum.accumulate(np.where(candidates >= 0, slot, -1))
        matches = np.where(latest >= self._key_starts, candidates[latest], -1)
        if ttl is not None:
            # Earlier candidates are older still: where the latest has ended, none holds.
            found = np.flatnonzero(matches >= 0)
            ended = self._slot_times[found] - times[matches[found]] > ttl
            matches[found[ended]] = -1
        by_entity_row = np.full(self._entity_rows, -1)
        by_entity_row[self._slot_rows] = matches
        return by_entity_row

    def _bisect(self, codes: "NDArray[np.int32]", times: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """Return the first slot of each code that is not before its time, by one bisection of all rows together."""
        import numpy as np

        slots, ends = self._first_slots[codes], self._first_slots[codes + 1]
        for stride in self._strides:
            probe = slots + (stride - 1)
            before = self._slot_times[np.minimum(probe, len(self) - 1)] < times
            slots += stride * (before & (probe < ends))
        return np.where(slots < ends, slots, len(self))


class _KeyEncoder:
    """Numbers the distinct keys, 0 and up; a key may have several columns."""

    def __init__(self, keys: "pa.Table") -> None:
        self._columns = [_ValueEncoder(column) for column in keys.columns]
        self._pairs: list[_ValueEncoder] = []  # of the code so far and the code of the next column
        encoder, codes = self._columns[0], self._columns[0].encode(keys[0])
        for column, values in zip(self._columns[1:], keys.columns[1:], strict=True):
            pairs = _pair(codes, encoder, column.encode(values), column)
            encoder = _ValueEncoder(pairs)
            codes = encoder.encode(pairs)
            self._pairs.append(encoder)

    def __len__(self) -> int:
        return len([*self._columns[:1], *self._pairs][-1])

    def encode(self, keys: "pa.Table") -> "NDArray[np.int32]":
        """Return the number of each row's key; `len(self)` for an unknown key, or one with a null."""
        encoder, codes = self._columns[0], self._columns[0].encode(keys[0])
        for column, values, pairs in zip(self._columns[1:], keys.columns[1:], self._pairs, strict=True):
            codes = pairs.encode(_pair(codes, encoder, column.encode(values), column))
            encoder = pairs
        return codes


class _ValueEncoder:
    """Numbers the distinct values of one column, 0 and up."""

    def __init__(self, column: "pa.Array | pa.ChunkedArray") -> None:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        self._values = pc.unique(column).drop_null()
        self._table: NDArray[np.int32] | None = None
        if len(self) and pa.types.is_integer(column.type):
            bounds = pc.min_max(self._values).as_py()
            entries = bounds["max"] - bounds["min"] + 1
            if entries <= _MAX_TABLE_ENTRIES_PER_KEY * len(self):
                # Integers that lie close together are looked up in a table, without hashing.
                self._least = np.int64(bounds["min"])
                self._table = np.full(entries + 1, len(self), np.int32)
                self._table[self._values.to_numpy() - self._least] = np.arange(len(self))

    def __len__(self) -> int:
        return len(self._values)

    def encode(self, column: "pa.Array | pa.ChunkedArray") -> "NDArray[np.int32]":
        """Return the number of each value; `len(self)` for an unknown value, or a null."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._table is None:
            return _to_numpy(pc.index_in(column, value_set=self._values), null=len(self))
        numbers = _to_numpy(column.cast(pa.int64()), null=0)
        codes = np.empty(len(numbers), np.int32)
        for block in blocks(len(numbers)):
            # Unsigned, numbers below the least are greater than all entries of the table.
            offsets = (numbers[block] - self._least).view(np.uint64)
            codes[block] = self._table[np.minimum(offsets, np.uint64(len(self._table) - 1))]
        if column.null_count:
            codes[_to_numpy(column.is_null(), null=0)] = len(self)
        return codes


def to_microseconds(times: "pa.ChunkedArray") -> "NDArray[np.int64]":
    """Return times as microseconds since 1970; nulls become `FOREVER`."""
    import pyarrow as pa

    return _to_numpy(times.cast(pa.int64()), null=FOREVER)


def blocks(rows: int) -> "Iterator[slice]":
    """Yield slices of consecutive rows, so small that the results of one slice fit into the processor's cache."""
    for begin in range(0, rows, _BLOCK_ROWS):
        yield slice(begin, begin + _BLOCK_ROWS)


def _to_numpy(numbers: "pa.ChunkedArray", *, null: int) -> "NDArray[Any]":
    """Return a NumPy array, without a copy if there is one chunk and no null."""
    import pyarrow as pa

    filled = numbers.fill_null(null) if numbers.null_count else numbers
    whole = filled.combine_chunks() if isinstance(filled, pa.ChunkedArray) else filled
    array: NDArray[Any] = whole.to_numpy(zero_copy_only=False)
    return array


def _pair(
    left: "NDArray[np.int32]",
    left_encoder: _ValueEncoder,
    right: "NDArray[np.int32]",
    right_encoder: _ValueEncoder,
) -> "pa.Array":
    """Return one number for each pair of codes; null where either value is unknown."""
    import numpy as np
    import pyarrow as pa

    unknown = (left == len(left_encoder)) | (right == len(right_encoder))
    return pa.array(left.astype(np.int64) * len(right_encoder) + right, mask=unknown)


def _powers_of_two(largest: int) -> list[int]:
    """Return the powers of two that are at most `largest`, in descending order."""
    return [1 << exponent for exponent in reversed(range(int(largest).bit_length()))]
