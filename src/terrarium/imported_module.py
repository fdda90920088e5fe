"""Look-up of modules that this process has already imported."""

import sys
from types import ModuleType
from typing import Any

__all__ = ["imported_module"]


def imported_module(name: str) -> Any:
    """Return the module `name` if its import is complete, or else None. Import nothing.

    A module is in `sys.modules` from the start of its import. Until the import ends, in this thread or another, most of
    its attributes are missing.
    """
    module = sys.modules.get(name)
    if not isinstance(module, ModuleType):
        return module  # None, or an object of a test or a lazy loader
    # CPython's `import` statement reads the same attribute (Lib/importlib/_bootstrap.py, `_find_and_load`).
    spec = getattr(module, "__spec__", None)
    return None if getattr(spec, "_initializing", False) else module
