"""What does things when the sandbox's clock says that they are due."""

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
# (after, until) -> what is due after the one and not after the other
DueBetween = Callable[[datetime.datetime, datetime.datetime], Iterable[Due]]


class Timer:
    """A thread that looks at the clock.

    Every moment is passed once: what comes due while the sandbox is down is missed, as by a machine that is off.

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
        """Ask `source` whenever time has passed."""
        self._sources.append(source)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do `action` once, when so much time has passed."""
        self._later.append((self._clock.now() + datetime.timedelta(seconds=seconds), action))

    def start(self) -> None:
        """Look at the clock from now on."""
        self._passed = self._clock.now()
        self._thread.start()

    def stop(self) -> None:
        """Look no more; returns when nothing is being done."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def advance(self, by: datetime.timedelta) -> None:
        """Move the clock ahead, and do what comes due on the way, in its order; returns when it is done."""
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
        while ripe := [one for one in self._later if one[0] <= until]:  # what was done may ask for more
            self._later = [one for one in self._later if one not in ripe]
            for moment, action in ripe:
                self._do(moment, action)

    def _do(self, moment: datetime.datetime, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:  # noqa: BLE001 - the next one is due all the same
            _log.exception("what was due at %s failed", moment)
