"""What `connect` does about dead processes: nothing where nothing is left, and otherwise not at the user's expense."""

import atexit
import logging
import threading
from typing import TYPE_CHECKING

from terrarium.journal.place import environment_journal

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["replay_in_background"]

_AT_EXIT = 5.0  # s that the end of this process waits for the replay

_log = logging.getLogger(__name__)


def replay_in_background(lab: "Lab") -> None:
    """Start a thread that syncs, if a dead process left something."""
    if not environment_journal(lab.manifest).is_dir():
        return
    thread = threading.Thread(target=_replay, args=(lab,), name="terrarium-replay", daemon=True)
    thread.start()
    atexit.register(thread.join, _AT_EXIT)


def _replay(lab: "Lab") -> None:
    from terrarium.journal.sync import anything_abandoned, sync

    try:
        if anything_abandoned(lab):
            sync(lab)
    except Exception as error:  # noqa: BLE001 - nobody asked for it: the next connect, or `terrarium sync`, tries again
        _log.warning(
            "what is left in %s could not be moved yet: %s", environment_journal(lab.manifest), error
        )
