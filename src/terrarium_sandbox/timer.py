"""Timer: runs actions when they are due by the sandbox's clock."""

import datetime
import itertools
import logging
import threading
from collections.abc import Callable, Iterable

from terrarium_sandbox.clock import Clock

__all__ = ["Due", "DueBetween", "Timer"]

_LOOK_EVERY_SECONDS = 0.5

_log = logging.getLogger(__name__)

Due = tuple[datetime.datetime, Callable[[], None]]
# (after, until) -> the actions due after the first and not after the second moment
DueBetween = Callable[[datetime.datetime, datetime.datetime], Iterable[Due]]


class Timer:
    """A thread that runs due actions.

    Each moment passes once: actions that become due while the sandbox is down do not run.

    Args:
        clock: The clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sources: list[DueBetween] = []
        self._later: list[Due] = []
        self._passed = clock.now()
        self._passing = threading.RLock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, name="timer", daemon=True)

    def add(self, source: DueBetween) -> None:
        """Ask `source` for due actions whenever time has passed."""
        self._sources.append(source)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Run `action` once, after a delay."""
        self._later.append((self._clock.now() + datetime.timedelta(seconds=seconds), action))

    def start(self) -> None:
        """Start the thread."""
        self._passed = self._clock.now()
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; return when no action is running."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def advance(self, by: datetime.timedelta) -> None:
        """Advance the clock, and run the actions that become due, in order; return when they are done."""
        with self._passing:
            self._clock.advance(by)
            self._pass()

    def _look(self) -> None:
        while not self._stopped.wait(_LOOK_EVERY_SECONDS):
            with self._passing:
                self._pass()

    def _pass(self) -> None:
        after, until = self._passed, self._clock.now()
        self._passed = until
        due = [*itertools.chain.from_iterable(source(after, until) for source in self._sources)]
        for moment, action in sorted(due, key=lambda one: one[0]):
            self._do(moment, action)
        while ripe := [one for one in self._later if one[0] <= until]:  # an action may add others
            self._later = [one for one in self._later if one not in ripe]
            for moment, action in ripe:
                self._do(moment, action)

    def _do(self, moment: datetime.datetime, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:  # noqa: BLE001 - the next action runs after any error
            _log.exception("what was due at %s failed", moment)
