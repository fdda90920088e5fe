"""Statistics of the parts of a split, in one pass: number of rows, digests, and values that parts share."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from terrarium.datasets.row_hash import column_hashes, combined_hashes
from terrarium.io.digest import digest_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from terrarium.datasets.splitting.assignment import Assignment

__all__ = ["PartStatistics", "count_crossing", "measure_parts"]

_LANES = (1, 2)  # seeds of two sums of 64 bits: rows that cancel out in one sum do not in the other


@dataclass(frozen=True, kw_only=True)
class PartStatistics:
    """Statistics of the parts.

    Attributes:
        schema: Schema of the rows.
        rows: Number of rows of each part.
        sums: Sums of the row hashes of each part.
        crossing_keys: Number of keys with rows in several parts.
        identical_rows: Number of contents (all columns but the key's) with rows in several parts; None if there is no
            other column.
    """

    schema: "pa.Schema"
    rows: tuple[int, ...]
    sums: "np.ndarray[Any, Any]"
    crossing_keys: int
    identical_rows: int | None

    def digest(self, parts: Sequence[int]) -> str:
        """Return a digest of the content of some parts, independent of files and the order of rows and columns."""
        import numpy as np

        chosen = list(parts)
        return _digest(
            self.schema,
            sum(self.rows[part] for part in chosen),
            np.add.reduce(self.sums[chosen], axis=0, dtype=np.uint64),
        )


def measure_parts(
    rows: "Iterable[pa.Table]",
    schema: "pa.Schema",
    assignment: "Assignment",
    *,
    parts: int,
    key: Sequence[str],
) -> PartStatistics:
    """Read all columns of all rows once, and return the statistics; 17 bytes per row are held in memory.

    Args:
        rows: All rows, with all columns.
        schema: Schema of the rows.
        assignment: Assignment of rows to parts.
        parts: Number of parts.
        key: Columns that identify a row; empty if none are known.
    """
    import numpy as np

    names = sorted(schema.names)
    others = [name for name in names if name not in key]
    counts = np.zeros(parts, dtype=np.int64)
    sums = np.zeros((parts, len(_LANES)), dtype=np.uint64)
    keys: list[Any] = []
    contents: list[Any] = []
    belongings: list[Any] = []
    for table in rows:
        hashes = {name: column_hashes(table[name]) for name in names}
        belonging = assignment.parts_of(table)
        belongings.append(belonging)
        counts += np.bincount(belonging, minlength=parts)
        for lane, seed in enumerate(_LANES):
            of_rows = combined_hashes([hashes[name] for name in names], seed=seed)
            sums[:, lane] += np.array(
                [np.add.reduce(of_rows[belonging == part], dtype=np.uint64) for part in range(parts)]
            )
        if key:
            keys.append(combined_hashes([hashes[name] for name in key], seed=0))
        if others:
            contents.append(combined_hashes([hashes[name] for name in others], seed=0))
    return PartStatistics(
        schema=schema,
        rows=tuple(int(count) for count in counts),
        sums=sums,
        crossing_keys=count_crossing(keys, belongings),
        identical_rows=count_crossing(contents, belongings) if others else None,
    )


def count_crossing(hashes: "Sequence[np.ndarray[Any, Any]]", parts: "Sequence[np.ndarray[Any, Any]]") -> int:
    """Return how many of the hashed values are in more than one part."""
    import numpy as np

    if not sum(map(len, hashes)):
        return 0
    values, belonging = np.concatenate(hashes), np.concatenate(parts)
    order = np.argsort(values, kind="stable")
    values, belonging = values[order], belonging[order]
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    lowest, highest = np.minimum.reduceat(belonging, starts), np.maximum.reduceat(belonging, starts)
    return int((lowest != highest).sum())


def _digest(schema: "pa.Schema", rows: int, sums: "np.ndarray[Any, Any]") -> str:
    columns = sorted((field.name, str(field.type)) for field in schema)
    text = json.dumps([columns, rows, [int(value) for value in sums]])
    return digest_of(text)
