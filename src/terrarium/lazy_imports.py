"""Lazy attributes of packages: a name is imported at its first use."""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy_attributes"]


def lazy_attributes(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a `__getattr__` for a package (PEP 562).

    Args:
        package: The `__name__` of the package.
        homes: Name -> the module that defines it.

    Returns:
        A function that imports a name, and raises `AttributeError` for unknown names.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807 - the hook that a module may have
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(homes[name]), name)
        vars(sys.modules[package])[name] = value  # later look-ups find it directly
        return value

    return __getattr__
