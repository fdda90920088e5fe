"""Whether what is served is what was trained on: the same entities, offline and online, side by side."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from terrarium.features.definition.dtype import is_number
from terrarium.features.definition.model import Definition
from terrarium.features.offline.view_source import ViewSource
from terrarium.features.online.latest_rows import latest_rows

if TYPE_CHECKING:
    import numpy as np

__all__ = ["FeatureSkew", "SkewReport", "compare_columns", "population_stability", "sampled_entities"]

_BINS = 10
_SMALLEST_SHARE = 1e-4  # of a bin: an empty one would make the index infinite


class FeatureSkew(Definition):
    """Of one feature.

    Attributes:
        feature: The column's name.
        entities: How many were compared.
        different: For how many the two values differ, a missing one included.
        missing_online: Of these, have a value offline alone.
        missing_offline: Of these, have a value online alone.
        stability: The population stability index between the two distributions: 0 if they are the same, above 0.25 by
            custom a shift that matters; None where there are no values, or no order among them.
    """

    feature: str
    entities: int
    different: int
    missing_online: int
    missing_offline: int
    stability: float | None


class SkewReport(Definition):
    """Of all features asked for.

    Attributes:
        at: As of when offline values were looked up.
        features: Each.
    """

    at: datetime
    features: tuple[FeatureSkew, ...]

    @property
    def different(self) -> bool:
        """Whether any value differs."""
        return any(feature.different for feature in self.features)


def sampled_entities(source: ViewSource, at: datetime, size: int, seed: int) -> list[dict[str, Any]]:
    """The keys of entities that have a row which holds at a time, drawn at random, the same for the same seed."""
    keys = latest_rows(source, at, None).select(source.view.keys)
    return keys.sample(min(size, keys.height), seed=seed).to_dicts()


def compare_columns(feature: str, dtype: str, offline: Sequence[Any], online: Sequence[Any]) -> FeatureSkew:
    """The values of one feature for the same entities."""
    pairs = list(zip(offline, online, strict=True))
    return FeatureSkew(
        feature=feature,
        entities=len(pairs),
        different=sum(not _same(*pair) for pair in pairs),
        missing_online=sum(there is not None and here is None for there, here in pairs),
        missing_offline=sum(there is None and here is not None for there, here in pairs),
        stability=population_stability(offline, online) if is_number(dtype) else None,
    )


def population_stability(expected: Sequence[float | None], actual: Sequence[float | None]) -> float | None:
    """The population stability index over bins that hold as many expected values each; missing ones left out.

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
