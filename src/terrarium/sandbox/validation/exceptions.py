"""Constraints of the service models that AWS itself does not enforce, each with the reason that is known."""

from collections.abc import Mapping

__all__ = ["is_exempt"]

_EXEMPT: Mapping[tuple[str, str, str], str] = {}
"""By service, shape and constraint (`pattern`, `enum`, or the name of a required member): why it is not enforced."""


def is_exempt(service: str, shape: str, constraint: str) -> bool:
    """Return whether AWS accepts values that violate this constraint of its model."""
    return (service, shape, constraint) in _EXEMPT
