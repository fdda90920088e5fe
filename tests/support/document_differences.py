"""Comparison of JSON documents of which one may have more fields."""

from typing import Any

__all__ = ["differences"]


def differences(known: Any, other: Any, path: str = "") -> list[str]:
    """Return the paths of the fields of `known` that `other` lacks, or whose values differ."""
    if isinstance(known, dict) and isinstance(other, dict):
        return [
            difference
            for name, value in known.items()
            for difference in (
                differences(value, other[name], f"{path}.{name}") if name in other else [f"{path}.{name}"]
            )
        ]
    if isinstance(known, list) and isinstance(other, list) and len(known) == len(other):
        return [
            difference
            for index, (one, two) in enumerate(zip(known, other, strict=True))
            for difference in differences(one, two, f"{path}.{index}")
        ]
    return [] if known == other else [path]
