"""Nesting depth of values. Arrow crashes if a list contains itself or has thousands of levels."""

from collections.abc import Iterable, Mapping

__all__ = ["is_nested_deeply"]

_MOST = 64  # levels; Parquet and Arrow readers of other systems support fewer


def is_nested_deeply(values: Iterable[object], *, levels: int = _MOST) -> bool:
    """Return whether a list or mapping among the values has more than `levels` levels, or contains itself."""
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
