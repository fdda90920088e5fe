"""Packages whose names are imported when they are first used: one of their modules costs no more than itself."""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy_attributes"]


def lazy_attributes(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a `__getattr__` for a package (PEP 562).

    Args:
        package: Its `__name__`.
        homes: The module that defines each of its names.

    Returns:
        A function that imports a name, and raises `AttributeError` where there is none.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807 - the hook that a module may have
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(homes[name]), name)
        vars(sys.modules[package])[name] = value  # the next look-up does not come here
        return value

    return __getattr__
