"""Look-up of modules that this process has imported already."""

import sys
from types import ModuleType
from typing import Any

__all__ = ["imported_module"]


def imported_module(name: str) -> Any:
    """Return the module `name` if its import is complete, else None; nothing is imported.

    A module stands in `sys.modules` from the moment at which its import begins. Until it ends, in this thread or
    another, most of its attributes are missing.
    """
    module = sys.modules.get(name)
    if not isinstance(module, ModuleType):
        return module  # None, or what a test or a lazy loader has put there
    # What CPython's own `import` statement looks at (Lib/importlib/_bootstrap.py, `_find_and_load`).
    spec = getattr(module, "__spec__", None)
    return None if getattr(spec, "_initializing", False) else module
