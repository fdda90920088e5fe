"""What a machine has for jobs, handed out first come, first served."""

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
        """Take so many, when they are free and nobody has waited longer; or at once, if `unless` holds."""
        turn = object()
        with self._condition:
            self._waiting.append(turn)
            self._condition.wait_for(lambda: unless() or (self._waiting[0] is turn and self._free >= vcpus))
            self._waiting.remove(turn)
            self._free -= vcpus
            self._condition.notify_all()

    def release(self, vcpus: int) -> None:
        """Give them back."""
        with self._condition:
            self._free += vcpus
            self._condition.notify_all()

    def notify(self) -> None:
        """Let everybody look whether they still wait."""
        with self._condition:
            self._condition.notify_all()
