"""Background thread that moves metric samples from a journal to the database."""

import threading
import time
from collections.abc import Callable

from terrarium.journal.reader import Follower
from terrarium.journal.writer import JournalWriter

__all__ = ["Drain"]

_INTERVAL = 0.5  # s between reads of the journal; the delay of the database
_LONGEST_PAUSE = 10.0  # s between attempts while the database is unavailable


class Drain:
    """Delivers the lines of one journal in bulk, and retries until it succeeds.

    Bytes go from the file to the connection without work per sample, so the thread rarely holds the interpreter lock.

    Args:
        writer: The writer of the journal.
        deliver: Commits lines to the database, or raises. Failed lines are delivered again.
    """

    def __init__(self, writer: JournalWriter, deliver: Callable[[bytes], None]) -> None:
        self._follower = Follower(writer)
        self._deliver = deliver
        self._hurry = threading.Event()
        self._deadline: float | None = None
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="terrarium-drain", daemon=True)
        self._thread.start()

    def finish(self, patience: float) -> Exception | None:
        """Deliver the remaining lines. The writer must have finished.

        Args:
            patience: The maximum time to wait for an unavailable database, in seconds.

        Returns:
            None if the database has all lines, or else the last error.
        """
        self._deadline = time.monotonic() + patience
        self._hurry.set()
        self._thread.join()
        return self._problem

    def _work(self) -> None:
        pause = _INTERVAL
        while True:
            finishing = self._hurry.wait(pause)
            try:
                self._hand_over()
            except Exception as error:  # noqa: BLE001 - the samples are safe in the journal, and `finish` returns the error
                self._problem = error
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._problem = None
                pause = _INTERVAL
            if not finishing:
                continue
            if self._problem is None or self._deadline is None or time.monotonic() > self._deadline:
                return
            time.sleep(min(pause, 1.0))

    def _hand_over(self) -> None:
        while lines := self._follower.read():
            self._deliver(lines)
            self._follower.done()
