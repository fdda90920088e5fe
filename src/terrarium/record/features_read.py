"""The feature views that this process read for training, so that its runs have them on record by themselves."""

import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from terrarium.record.sections import Part

__all__ = ["PREFIX", "FeaturesRead", "features_read", "view_of"]

# Of the names of such parts, e.g. `features/usage@2`.
PREFIX: Final = "features/"


@cache
def features_read(environment: str) -> "FeaturesRead":  # noqa: ARG001 - the key of the cache
    """Return what this process read of the environment's feature views; one object per process."""
    return FeaturesRead()


def view_of(part: Part) -> str | None:
    """Return the view, with its version, that a part of a record is about: `features/usage@2` and `train/usage@2`."""
    head, _, view = part.name.rpartition("/")
    return view if head and "@" in view else None


class FeaturesRead:
    """Parts that were read, each view's last one; runs that are under way get each new one. Safe to share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[str, Part] = {}
        self._runs: dict[str, Callable[[tuple[Part, ...]], None]] = {}

    def begin(self, run: str, tell: Callable[[tuple[Part, ...]], None]) -> tuple[Part, ...]:
        """Call `tell` with what `run` reads from now on.

        Returns:
            What was read before: training sets are often made before the run that learns from them begins.
        """
        with self._lock:
            self._runs[run] = tell
            return tuple(self._latest.values())

    def end(self, run: str) -> None:
        """Tell `run` no more."""
        with self._lock:
            self._runs.pop(run, None)

    def add(self, parts: Iterable[Part], *, run: str | None) -> bool:
        """Add what was read.

        Args:
            parts: What was read.
            run: The run in whose block it was, if it was in one.

        Returns:
            Whether `run` was told.
        """
        parts = tuple(parts)
        with self._lock:
            self._latest.update({part.name: part for part in parts})
            tell = self._runs.get(run) if run is not None else None
        if tell is None:
            return False
        tell(parts)
        return True
