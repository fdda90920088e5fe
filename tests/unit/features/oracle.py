"""Training sets by the slow and obvious algorithm: row by row."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from terrarium.features import FeatureView

__all__ = ["as_of"]

Row = Mapping[str, Any]


def as_of(view: FeatureView, rows: Sequence[Row], keys: Row, time: datetime) -> dict[str, Any]:
    """The features of the row that holds for `keys` at `time`; None for each where there is none."""
    if any(keys[key] is None for key in view.keys):
        return {feature.name: None for feature in view.features}
    known = [
        row
        for row in rows
        if all(row[key] == keys[key] for key in view.keys)
        and row[view.event_time] <= time
        and (view.ttl is None or time - row[view.event_time] <= view.ttl)
    ]
    found: Row = max(known, key=lambda row: _order(view, row), default={})
    return {feature.name: found.get(feature.name) for feature in view.features}


def _order(view: FeatureView, row: Row) -> tuple[Any, ...]:
    columns = [view.event_time, *([view.created_time] if view.created_time else [])]
    return tuple(_comparable(row[name]) for name in [*columns, *(feature.name for feature in view.features)])


def _comparable(value: Any) -> tuple[Any, ...]:
    # Null comes first, NaN last.
    if value is None:
        return (0,)
    if isinstance(value, float) and math.isnan(value):
        return (2,)
    if isinstance(value, list):
        return (1, [_comparable(element) for element in value])
    return (1, value)
