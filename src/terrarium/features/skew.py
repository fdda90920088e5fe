"""Comparison of training and serving: the features of the same entities, offline and online."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from terrarium.features.definition.dtype import is_number
from terrarium.features.definition.model import Definition
from terrarium.features.errors import FeatureDataError
from terrarium.features.offline.view_source import ViewSource
from terrarium.features.online.latest_rows import latest_rows

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from terrarium.features.online.read_online import OnlineFeatures

__all__ = ["FeatureSkew", "SkewReport", "compare_columns", "population_stability", "sample_entities"]

_BINS = 10
_SMALLEST_SHARE = 1e-4  # of a bin: an empty one would make the index infinite


class FeatureSkew(Definition):
    """Comparison of one feature.

    Attributes:
        feature: Name of the column.
        entities: Number of compared entities.
        different: Number of entities whose two values differ; a missing value differs.
        missing_online: Number of these that have a value offline only.
        missing_offline: Number of these that have a value online only.
        stability: The population stability index of the two distributions: 0 if they are equal; by custom, a value
            above 0.25 is a shift that matters. None if there are no values, or the type has no order.
    """

    feature: str
    entities: int
    different: int
    missing_online: int
    missing_offline: int
    stability: float | None


class SkewReport(Definition):
    """Comparison of all requested features.

    Attributes:
        at: Time as of which offline values were looked up.
        features: One comparison per feature.
    """

    at: datetime
    features: tuple[FeatureSkew, ...]

    @classmethod
    def of(cls, at: datetime, offline: "pa.Table", online: "OnlineFeatures") -> Self:
        """Return the comparison of all features of an online read with the same columns, offline as of a time."""
        return cls(
            at=at,
            features=tuple(
                compare_columns(name, online.dtypes[name], offline[name].to_pylist(), online.columns[name])
                for name in online.columns
            ),
        )

    @property
    def different(self) -> bool:
        """True if any value differs."""
        return any(feature.different for feature in self.features)


def sample_entities(source: ViewSource, at: datetime, size: int, seed: int) -> list[dict[str, Any]]:
    """Return the keys of random entities with a row that holds at a time; the same keys for the same seed.

    Raises:
        FeatureDataError: No entity has such a row.
    """
    view = source.view
    keys = latest_rows(source, at, None).select(view.keys)
    if not keys.height:
        raise FeatureDataError(
            f"feature view {view.name!r} has no rows that hold at {at:%Y-%m-%d %H:%M:%S} UTC, so there is nothing to "
            f"compare (its ttl is {view.ttl or 'unlimited'})",
            remedy="write newer rows, or compare as of an earlier time: skew(features, at=...)",
        )
    return keys.sample(min(size, keys.height), seed=seed).to_dicts()


def compare_columns(feature: str, dtype: str, offline: Sequence[Any], online: Sequence[Any]) -> FeatureSkew:
    """Compare the values of one feature for the same entities."""
    pairs = list(zip(offline, online, strict=True))
    return FeatureSkew(
        feature=feature,
        entities=len(pairs),
        different=sum(not _same(*pair) for pair in pairs),
        missing_online=sum(
            stored_value is not None and served_value is None for stored_value, served_value in pairs
        ),
        missing_offline=sum(
            stored_value is None and served_value is not None for stored_value, served_value in pairs
        ),
        stability=population_stability(offline, online) if is_number(dtype) else None,
    )


def population_stability(expected: Sequence[float | None], actual: Sequence[float | None]) -> float | None:
    """Return the population stability index over bins with equal numbers of expected values, without missing ones.

    Siddiqi, Credit Risk Scorecards (2006), gives the customary limits 0.1 and 0.25.
    """
    import numpy as np

    before, after = (_finite(values) for values in (expected, actual))
    if not before.size or not after.size:
        return None
    edges = np.unique(np.quantile(before, np.linspace(0, 1, _BINS + 1)[1:-1]))
    shares = [
        np.maximum(
            np.bincount(np.searchsorted(edges, values), minlength=edges.size + 1) / values.size,
            _SMALLEST_SHARE,
        )
        for values in (before, after)
    ]
    return float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))


def _finite(values: Sequence[float | None]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    import numpy as np

    return np.array(
        [value for value in values if value is not None and math.isfinite(value)], dtype=np.float64
    )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    both_nan = isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other)
    return both_nan or one == other
