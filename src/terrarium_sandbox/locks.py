"""Locks, one for each AWS service: moto's structures do not support concurrent requests."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["ServiceLocks"]

# Their requests wait for other requests (for a message, for an execution): with a lock they would wait without end.
_BLOCKING = frozenset({"sqs", "stepfunctions"})

_PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.05


class ServiceLocks:
    """Locks by the name of the service in moto (`s3`, `iam`, `secretsmanager`), created at first use."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.RLock] = {}
        self._making = threading.Lock()

    @contextmanager
    def holding(self, service: str) -> Iterator[None]:
        """Hold the lock of a service; do nothing for services whose requests block."""
        if service in _BLOCKING:
            yield
            return
        with self._making:
            lock = self._locks.setdefault(service, threading.RLock())
        with lock:
            yield

    @contextmanager
    def holding_policies(self) -> Iterator[None]:
        """Hold the locks of IAM and STS while policies are evaluated."""
        with self.holding("iam"), self.holding("sts"):
            yield

    @contextmanager
    def holding_all(self) -> Iterator[None]:
        """Hold the locks of all services, except those whose requests block."""
        locks = list(self._locks.values())
        while not _take(locks):
            time.sleep(_PAUSE_SECONDS)
        try:
            yield
        finally:
            for lock in locks:
                lock.release()


def _take(locks: list[threading.RLock]) -> bool:
    """Acquire all locks or none: a request that holds one may wait for another. Return whether it succeeded."""
    taken: list[threading.RLock] = []
    for lock in locks:
        if not lock.acquire(timeout=_PATIENCE_SECONDS):
            for other in taken:
                other.release()
            return False
        taken.append(lock)
    return True
