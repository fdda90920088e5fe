"""Sizes of the parts of a split."""

import math
from collections.abc import Mapping

from terrarium.datasets.errors import SplitError

__all__ = ["checked_proportions", "cumulative_counts", "upper_bounds"]


def checked_proportions(proportions: Mapping[str, float]) -> dict[str, float]:
    """Return the proportions that are not zero.

    Raises:
        SplitError: A proportion is negative, they do not add up to 1, or only one is not zero.
    """
    stated = ", ".join(f"{name}={share:g}" for name, share in proportions.items())
    if any(share < 0 for share in proportions.values()) or not math.isclose(
        math.fsum(proportions.values()), 1, abs_tol=1e-9
    ):
        raise SplitError(
            f"the parts do not add up to 1: {stated}", remedy="for example train=.7, validation=.15, test=.15"
        )
    kept = {name: share for name, share in proportions.items() if share > 0}
    if len(kept) < 2:
        raise SplitError(f"there is only one part: {stated}", remedy="keep some rows to test on")
    return kept


def upper_bounds(shares: Mapping[str, float]) -> list[float]:
    """Return the upper bound of each part, between 0 and 1."""
    values = list(shares.values())
    return [math.fsum(values[: position + 1]) for position in range(len(values) - 1)] + [1.0]


def cumulative_counts(rows: int, shares: Mapping[str, float]) -> list[int]:
    """Return the number of rows up to the end of each part, exact within one row, by the largest remainder."""
    exact = [rows * share for share in shares.values()]
    counts = [math.floor(share + 1e-9) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda part: counts[part] - exact[part])
    for part in by_remainder[: rows - sum(counts)]:
        counts[part] += 1
    return [sum(counts[: part + 1]) for part in range(len(counts))]
