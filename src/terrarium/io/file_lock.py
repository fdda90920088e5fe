"""File locks across the processes of this machine, by flock: the system releases them when a process dies.

NFS 4 and EFS support flock, too.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terrarium.directories import cache_directory

__all__ = ["file_lock", "lock_descriptor"]


@contextmanager
def file_lock(destination: Path) -> Iterator[None]:
    """Hold the lock of `destination` during the block: only one process writes to it at a time."""
    name = hashlib.sha256(os.fsencode(destination)).hexdigest()
    lock = cache_directory() / "locks" / name
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        lock_descriptor(file.fileno(), wait=True)
        yield


def lock_descriptor(descriptor: int, *, wait: bool) -> bool:
    """Lock an open file until it is closed.

    Args:
        descriptor: The file descriptor.
        wait: Whether to wait for another process that holds the lock.

    Returns:
        Whether the file is locked now; always true with `wait`.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
