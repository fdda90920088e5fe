"""The thread that moves points from a journal to the database while training goes on."""

import threading
import time
from collections.abc import Callable

from terrarium.journal.reader import Follower
from terrarium.journal.writer import JournalWriter

__all__ = ["Drain"]

_INTERVAL = 0.5  # s between looks at the journal: how late the database may be
_LONGEST_PAUSE = 10.0  # s between attempts while the database is away


class Drain:
    """Hands the lines of one journal over in bulk, again and again until it succeeds.

    Nothing is done per point: bytes go from the file to the connection, so that the thread costs training next
    to nothing of the interpreter's lock.

    Args:
        writer: Of the journal.
        deliver: Puts lines into the database for good, or raises. What it raised is tried again.
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
        """Hand over the rest; the writer has written its last.

        Args:
            patience: Seconds that a database which is away is waited for.

        Returns:
            None when the database has everything; else what it said last.
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
            except Exception as error:  # noqa: BLE001 - whatever it is, the points are safe, and it is told in the end
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
