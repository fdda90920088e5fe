"""Nesting depth of values: Arrow ends the process if a list contains itself, or is nested thousands of times."""

from collections.abc import Iterable, Mapping

__all__ = ["is_nested_deeply"]

_MOST = 64  # levels; Parquet and Arrow readers of other systems take fewer


def is_nested_deeply(values: Iterable[object], *, levels: int = _MOST) -> bool:
    """Return whether a list or mapping among the values has more levels than `levels`, or holds itself."""
    for value in values:
        if isinstance(value, Mapping):
            inner: Iterable[object] = value.values()
        elif isinstance(value, list | tuple):
            inner = value
        else:
            continue
        if levels == 0 or is_nested_deeply(inner, levels=levels - 1):
            return True
    return False
