"""Python's garbage collector, kept out of the way of large imports.

What they make stays for as long as the process does. The collector does not know, and looks through all of it again and
again while it is made (docs/decisions/0160-no-gc-during-imports.md).
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collect_seldom", "gc_paused"]

_OBJECTS = 50_000  # made and not yet freed, before the collector looks at them; Python's own choice is 700


@contextmanager
def gc_paused() -> Iterator[None]:
    """Import within what is large; nothing is collected meanwhile."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def collect_seldom() -> None:
    """For a process that is ours from its beginning to its end, and leaves no file open.

    At the end, nothing is collected: the system takes the memory back. A file that is only reachable from a cycle, as
    the globals of a script are, would lose what it has not written yet.
    """
    gc.set_threshold(_OBJECTS)
    atexit.register(gc.freeze)
