"""One lock per AWS service: moto's own structures are not made for concurrent requests."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["ServiceLocks"]

# Their requests wait for other requests (for a message, for an execution): with a lock they would wait for ever.
_BLOCKING = frozenset({"sqs", "stepfunctions"})

_PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.05


class ServiceLocks:
    """The locks, made when first asked for. Names are moto's (`s3`, `iam`, `secretsmanager`)."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.RLock] = {}
        self._making = threading.Lock()

    @contextmanager
    def holding(self, service: str) -> Iterator[None]:
        """Keep other requests to `service` waiting; does nothing for the services whose requests block."""
        if service in _BLOCKING:
            yield
            return
        with self._making:
            lock = self._locks.setdefault(service, threading.RLock())
        with lock:
            yield

    @contextmanager
    def holding_policies(self) -> Iterator[None]:
        """Keep requests that change identities and their policies waiting, while policies are asked."""
        with self.holding("iam"), self.holding("sts"):
            yield

    @contextmanager
    def holding_all(self) -> Iterator[None]:
        """Keep requests to every service waiting, but for those that block."""
        locks = list(self._locks.values())
        while not _take(locks):
            time.sleep(_PAUSE_SECONDS)
        try:
            yield
        finally:
            for lock in locks:
                lock.release()


def _take(locks: list[threading.RLock]) -> bool:
    """All of the locks or none: a request that holds one may itself be waiting for another."""
    taken: list[threading.RLock] = []
    for lock in locks:
        if not lock.acquire(timeout=_PATIENCE_SECONDS):
            for other in taken:
                other.release()
            return False
        taken.append(lock)
    return True
