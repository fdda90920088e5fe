"""Assignments that depend on the data: cuts of strata, and cuts in time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from terrarium.datasets.errors import SplitError
from terrarium.datasets.splitting.assignment import ByCuts, ByStratum
from terrarium.datasets.splitting.proportions import cumulative_counts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_no_nulls", "explicit_cuts", "fit_cuts", "fit_strata"]

_BEYOND = 1 << 63  # greater than every hash of 63 bits


def fit_strata(
    rows: "Iterable[pa.Table]",
    *,
    key: Sequence[str],
    strata: Sequence[str],
    shares: Mapping[str, float],
    seed: int,
) -> ByStratum:
    """Return the cuts that give the parts of every stratum their shares, to the row if keys are unique.

    Args:
        rows: All rows, with the columns of key and strata; 16 bytes per row are held in memory.
        key: Columns of the key.
        strata: Columns of the stratum.
        shares: Shares of the parts.
        seed: A different seed produces a different split.
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
    """Return the times that divide the rows by the shares; rows with equal times stay together, in the later part.

    Args:
        times: Times of all rows.
        column: Name of the column.
        shares: Shares of the parts.

    Raises:
        SplitError: There are too few distinct times.
    """
    import pyarrow as pa

    ordered = times.sort()
    ends = cumulative_counts(len(ordered), shares)[:-1]
    cuts: list[pa.Scalar[Any]] = [ordered[end] for end in ends if 0 < end < len(ordered)]
    moments = [cut.as_py() for cut in cuts]
    if len(cuts) < len(ends) or len(set(moments)) < len(moments) or moments[:1] == [ordered[0].as_py()]:
        raise SplitError(
            f"column {column!r} has too few distinct values for {len(shares)} parts of these sizes",
            remedy="choose other sizes, or give the cuts: cuts=(...)",
        )
    return ByCuts(columns=(column,), cuts=tuple(cuts))


def explicit_cuts(
    kind: "pa.DataType", *, column: str, cuts: Sequence[date | int | float], parts: int
) -> ByCuts:
    """Return the assignment for cuts that the user gives.

    Args:
        kind: Type of the column.
        column: Name of the column with the time.
        cuts: The first time of each part but the first.
        parts: Number of parts.

    Raises:
        SplitError: The number of cuts does not match that of the parts, they are not in order, or of another type.
    """
    import pyarrow as pa

    if len(cuts) != parts - 1:
        raise SplitError(
            f"{len(cuts)} cuts make {len(cuts) + 1} parts, not {parts}",
            remedy="give one cut less than there are parts; validation=0 removes a part",
        )
    try:
        made = tuple(pa.scalar(cut).cast(kind) for cut in cuts)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise SplitError(
            f"the cuts are not of the type of column {column!r}, {kind}: {error}", remedy="convert them"
        ) from error
    moments: list[Any] = [cut.as_py() for cut in made]
    if sorted(set(moments)) != moments:
        raise SplitError("the cuts are not in ascending order", remedy="give the earliest first")
    return ByCuts(columns=(column,), cuts=made)


def check_no_nulls(rows: "Iterable[pa.Table]", columns: Sequence[str], *, dataset: str) -> None:
    """Refuse rows with nulls in the columns that decide about them.

    Raises:
        SplitError: There are nulls; the error names their number.
    """
    nulls = dict.fromkeys(columns, 0)
    for table in rows:
        for column in columns:
            nulls[column] += table[column].null_count
    found = ", ".join(f"{count:,} of {column}" for column, count in nulls.items() if count)
    if found:
        raise SplitError(
            f"dataset {dataset!r} cannot be split by {', '.join(columns)}, which is null in some rows: {found}",
            remedy="split by a column without nulls, or fill or drop these rows first",
        )
