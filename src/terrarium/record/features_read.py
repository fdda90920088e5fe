"""Feature views that this process read for training. Its runs record them automatically."""

import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from terrarium.record.sections import Part

__all__ = ["PREFIX", "FeaturesRead", "features_read", "view_of"]

# Prefix of the names of such parts, e.g. `features/usage@2`.
PREFIX: Final = "features/"


@cache
def features_read(environment: str) -> "FeaturesRead":  # noqa: ARG001 - the key of the cache
    """Return the feature views of the environment that this process read; one object per process."""
    return FeaturesRead()


def view_of(part: Part) -> str | None:
    """Return the view and version, e.g. `usage@2`, that a part such as `features/usage@2` or `train/usage@2` names.

    Returns:
        None if the part is not about a feature view.
    """
    head, _, view = part.name.rpartition("/")
    return view if head and "@" in view else None


class FeaturesRead:
    """The latest part read of each view. Active runs are notified of each new part. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[str, Part] = {}
        self._runs: dict[str, Callable[[tuple[Part, ...]], None]] = {}

    def subscribe(self, run: str, notify: Callable[[tuple[Part, ...]], None]) -> tuple[Part, ...]:
        """Call `notify` with each part that `run` reads from now on.

        Returns:
            The parts that were read before: training sets are often built before the run that uses them starts.
        """
        with self._lock:
            self._runs[run] = notify
            return tuple(self._latest.values())

    def unsubscribe(self, run: str) -> None:
        """Stop the notifications of `run`."""
        with self._lock:
            self._runs.pop(run, None)

    def add(self, parts: Iterable[Part], *, run: str | None) -> bool:
        """Add parts that were read.

        Args:
            parts: The parts.
            run: The active run, if there is one.

        Returns:
            Whether `run` was notified.
        """
        parts = tuple(parts)
        with self._lock:
            self._latest.update({part.name: part for part in parts})
            notify = self._runs.get(run) if run is not None else None
        if notify is None:
            return False
        notify(parts)
        return True
