"""Whom to compare."""

from datetime import datetime
from typing import Any

from terrarium.features.offline.source import Source
from terrarium.features.online.newest import newest_rows

__all__ = ["sampled_entities"]


def sampled_entities(source: Source, at: datetime, size: int, seed: int) -> list[dict[str, Any]]:
    """The keys of entities that have a row which holds at a time, drawn at random, the same for the same seed."""
    keys = newest_rows(source, at, None).select(source.view.keys)
    return keys.sample(min(size, keys.height), seed=seed).to_dicts()
