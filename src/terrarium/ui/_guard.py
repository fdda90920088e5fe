"""Guard process: runs a server for as long as the process that started the guard.

    python -I guard.py FD COMMAND...

The starter holds the other end of the pipe FD. When it closes that end, or is killed, the guard ends all processes of
the server's group. This file is run by its path and uses the standard library only. PR_SET_PDEATHSIG is not
sufficient: it depends on the thread that started the process (prctl(2)), and only Linux has it.
"""

import os
import select
import signal
import subprocess
import sys
import time

__all__ = ["guard"]

_LOOK_EVERY = 0.2  # s between checks of the server, and of a starter whose pipe a forked process still holds
_STOP_TIMEOUT = 5.0  # s between SIGTERM and SIGKILL


def guard(pipe: int, command: list[str]) -> int:
    """Run `command` until it ends, the pipe is closed at its other end, the starter has died, or SIGTERM arrives.

    Returns:
        The exit code of the command, if it ended by itself.
    """
    starter = os.getppid()
    asked: list[int] = []  # an exception in the handler could come before the server is known
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    # A group of its own: the guard outlives the signals that it sends to it.
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)
    try:
        while server.poll() is None and os.getppid() == starter and not asked:
            ready, _, _ = select.select([pipe], [], [], _LOOK_EVERY)
            if ready:
                break
    finally:
        _end_group(server)
    return server.returncode


def _end_group(server: "subprocess.Popen[bytes]") -> None:
    """Send SIGTERM to every process of the server's group, and kill those that have not ended in time."""
    deadline = time.monotonic() + _STOP_TIMEOUT
    _signalled(server.pid, signal.SIGTERM)
    while server.poll() is None or _signalled(server.pid, 0):  # signal 0 only checks that the group exists
        if time.monotonic() >= deadline:
            _signalled(server.pid, signal.SIGKILL)
        time.sleep(0.05)


def _signalled(group: int, number: int) -> bool:
    """Send a signal to all processes of a group; return False if there are none."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS raises the latter if all processes have ended
        return False
    return True


if __name__ == "__main__":
    sys.exit(guard(int(sys.argv[1]), sys.argv[2:]))
