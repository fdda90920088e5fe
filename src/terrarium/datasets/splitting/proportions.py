"""How large the parts are to be."""

import math
from collections.abc import Mapping

from terrarium.datasets.errors import SplitError

__all__ = ["checked_proportions", "cumulative_counts", "upper_bounds"]


def checked_proportions(proportions: Mapping[str, float]) -> dict[str, float]:
    """Those that are not zero.

    Raises:
        SplitError: One is negative, they do not add up to 1, or there is but one.
    """
    stated = ", ".join(f"{name}={share:g}" for name, share in proportions.items())
    if any(share < 0 for share in proportions.values()) or not math.isclose(
        math.fsum(proportions.values()), 1, abs_tol=1e-9
    ):
        raise SplitError(
            f"the parts do not add up to 1: {stated}", remedy="e.g. train=.7, validation=.15, test=.15"
        )
    kept = {name: share for name, share in proportions.items() if share > 0}
    if len(kept) < 2:
        raise SplitError(f"there is one part only: {stated}", remedy="keep some rows to test on")
    return kept


def upper_bounds(shares: Mapping[str, float]) -> list[float]:
    """Where each part ends between 0 and 1."""
    values = list(shares.values())
    return [math.fsum(values[: position + 1]) for position in range(len(values) - 1)] + [1.0]


def cumulative_counts(rows: int, shares: Mapping[str, float]) -> list[int]:
    """How many rows lie in each part and those before it: exact within one row, by the largest remainder."""
    exact = [rows * share for share in shares.values()]
    counts = [math.floor(share + 1e-9) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda part: counts[part] - exact[part])
    for part in by_remainder[: rows - sum(counts)]:
        counts[part] += 1
    return [sum(counts[: part + 1]) for part in range(len(counts))]
