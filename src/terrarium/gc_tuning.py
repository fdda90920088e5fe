"""Settings of Python's garbage collector for large imports.

Modules and their objects live as long as the process. Without these settings, the collector scans all of them
repeatedly during the import (docs/decisions/0160-no-gc-during-imports.md).
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collect_seldom", "gc_paused"]

_OBJECTS = 50_000  # net allocations between two collections; Python's default is 700


@contextmanager
def gc_paused() -> Iterator[None]:
    """Disable garbage collection during large imports."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def collect_seldom() -> None:
    """Collect less often, and not at the end of the process. For programs of Terrarium that leave no file open.

    The system frees the memory. A file that is only reachable from a cycle, such as the globals of a script, would lose
    its buffered data.
    """
    gc.set_threshold(_OBJECTS)
    atexit.register(gc.freeze)
