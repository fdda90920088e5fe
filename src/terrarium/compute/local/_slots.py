"""The vCPUs of a machine, assigned to jobs in the order of their requests."""

import threading
from collections.abc import Callable

__all__ = ["Slots"]


class Slots:
    """A number of vCPUs that jobs share."""

    def __init__(self, vcpus: int) -> None:
        self._free = vcpus
        self._waiting: list[object] = []
        self._condition = threading.Condition()

    def acquire(self, vcpus: int, *, unless: Callable[[], bool]) -> None:
        """Wait for free vCPUs in the order of callers, and take them; at once if `unless` returns True."""
        turn = object()
        with self._condition:
            self._waiting.append(turn)
            self._condition.wait_for(lambda: unless() or (self._waiting[0] is turn and self._free >= vcpus))
            self._waiting.remove(turn)
            self._free -= vcpus
            self._condition.notify_all()

    def release(self, vcpus: int) -> None:
        """Return vCPUs to the machine."""
        with self._condition:
            self._free += vcpus
            self._condition.notify_all()

    def notify(self) -> None:
        """Wake the waiting jobs, so that they check `unless` again."""
        with self._condition:
            self._condition.notify_all()
