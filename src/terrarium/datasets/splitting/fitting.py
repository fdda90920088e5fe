"""Rules of assignment, as far as they depend on the data: strata have cuts, and time has."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from terrarium.datasets.errors import SplitError
from terrarium.datasets.splitting.assignment import ByCuts, ByStratum
from terrarium.datasets.splitting.proportions import cumulative_counts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_no_nulls", "fit_cuts", "fit_strata", "given_cuts"]

_BEYOND = 1 << 63  # no hash of 63 bits is


def fit_strata(
    rows: "Iterable[pa.Table]",
    *,
    key: Sequence[str],
    strata: Sequence[str],
    shares: Mapping[str, float],
    seed: int,
) -> ByStratum:
    """Cuts that make every stratum's parts as large as they are to be, to the row where keys are unique.

    Args:
        rows: All of them, with the columns in question; 16 bytes of each are held in memory.
        key: Columns of it.
        strata: Columns that make a stratum.
        shares: Of the parts.
        seed: Another one deals anew.
    """
    import numpy as np

    columns = (*key, *strata)
    unfitted = ByStratum(columns=columns, key=len(key), seed=seed, cuts={}, shares=tuple(shares.values()))
    found = [unfitted.hashes_of(table) for table in rows]
    if not found:
        return unfitted
    keys, of_strata = (np.concatenate(pieces) for pieces in zip(*found, strict=True))
    order = np.lexsort((keys, of_strata))
    keys, of_strata = keys[order], of_strata[order]
    values, starts = np.unique(of_strata, return_index=True)
    cuts: dict[int, np.ndarray[Any, Any]] = {}
    for value, start, end in zip(values, starts, [*starts[1:], len(keys)], strict=True):
        ends = cumulative_counts(end - start, shares)[:-1]
        cuts[int(value)] = np.array(
            [keys[start + count] if start + count < end else _BEYOND for count in ends], dtype=np.uint64
        )
    return ByStratum(columns=columns, key=len(key), seed=seed, cuts=cuts, shares=tuple(shares.values()))


def fit_cuts(times: "pa.ChunkedArray[Any]", *, column: str, shares: Mapping[str, float]) -> ByCuts:
    """Moments that part the rows as asked; rows of one moment stay together, with the later part.

    Args:
        times: Of all rows.
        column: That they are from.
        shares: Of the parts.

    Raises:
        SplitError: There are too few moments.
    """
    import pyarrow as pa

    ordered = times.sort()
    ends = cumulative_counts(len(ordered), shares)[:-1]
    cuts: list[pa.Scalar[Any]] = [ordered[end] for end in ends if 0 < end < len(ordered)]
    moments = [cut.as_py() for cut in cuts]
    if len(cuts) < len(ends) or len(set(moments)) < len(moments) or moments[:1] == [ordered[0].as_py()]:
        raise SplitError(
            f"column {column!r} has too few different moments for {len(shares)} parts of these sizes",
            remedy="choose other sizes, or say where to cut: cuts=(...)",
        )
    return ByCuts(columns=(column,), cuts=tuple(cuts))


def given_cuts(kind: "pa.DataType", *, column: str, cuts: Sequence[date | int | float], parts: int) -> ByCuts:
    """Moments that the user chose.

    Args:
        kind: The column's type.
        column: That says when.
        cuts: The first moment of each part but the first.
        parts: How many there are to be.

    Raises:
        SplitError: They do not make as many parts as asked for, are out of order, or not of the column's kind.
    """
    import pyarrow as pa

    if len(cuts) != parts - 1:
        raise SplitError(
            f"{len(cuts)} cuts make {len(cuts) + 1} parts, not {parts}",
            remedy="give one cut less than there are parts; leave parts out by validation=0",
        )
    try:
        made = tuple(pa.scalar(cut).cast(kind) for cut in cuts)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise SplitError(
            f"the cuts are not of the type of column {column!r}, {kind}: {error}", remedy="convert them"
        ) from error
    moments: list[Any] = [cut.as_py() for cut in made]
    if sorted(set(moments)) != moments:
        raise SplitError("the cuts are not in order", remedy="give the earliest first")
    return ByCuts(columns=(column,), cuts=made)


def check_no_nulls(rows: "Iterable[pa.Table]", columns: Sequence[str], *, dataset: str) -> None:
    """Refuse rows without what decides about them.

    Raises:
        SplitError: It says how many there are.
    """
    nulls = dict.fromkeys(columns, 0)
    for table in rows:
        for column in columns:
            nulls[column] += table[column].null_count
    found = ", ".join(f"{count:,} of {column}" for column, count in nulls.items() if count)
    if found:
        raise SplitError(
            f"dataset {dataset!r} cannot be split by {', '.join(columns)}, which is null in rows: {found}",
            remedy="split by a column that every row has a value in, or fill or drop those rows first",
        )
