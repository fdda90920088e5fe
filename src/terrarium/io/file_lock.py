"""One writer per destination, across the processes of this machine."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terrarium.directories import cache_directory

__all__ = ["file_lock"]


@contextmanager
def file_lock(destination: Path) -> Iterator[None]:
    """Wait until nobody else writes to `destination`; the system lets go when a process dies."""
    name = hashlib.sha256(os.fsencode(destination)).hexdigest()
    lock = cache_directory() / "locks" / name
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
