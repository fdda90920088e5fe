"""Replay of journals of processes that ended, in a background process that `connect` starts.

A thread would import MLflow while the user's code imports it. Python then returns partially imported modules, or raises
a deadlock error in the user's import (CPython, `importlib._bootstrap`). Also, a short process would end before a thread
had moved anything.
"""

import logging
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from terrarium.journal.paths import environment_journal

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["replay_in_background"]

_log = logging.getLogger(__name__)


def replay_in_background(connection: "Connection") -> None:
    """Start a process that runs `sync`, if a process that ended left samples. It may outlive this process."""
    if not environment_journal(connection.manifest).is_dir():
        return
    from terrarium.journal.sync import anything_abandoned

    try:
        if not anything_abandoned(connection.manifest):
            return
        process = _start(connection)
    except Exception as error:  # noqa: BLE001 - `connect` must not fail because of it; the next one retries
        _log.warning("journals in %s were not moved: %s", environment_journal(connection.manifest), error)
        return
    threading.Thread(target=_watch, args=(connection, process), name="terrarium-replay", daemon=True).start()


def _start(connection: "Connection") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "terrarium.journal.replay", connection.environment],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | _identity(connection),
        start_new_session=True,  # Ctrl-C must only reach the user's process
    )


def _identity(connection: "Connection") -> dict[str, str]:
    """Return the environment variables with which the process has the identity of the connection."""
    credentials = connection.session.credentials()
    return {
        "AWS_ACCESS_KEY_ID": credentials.access_key or "",
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key or "",
        # An empty token means none. The token in the parent's environment may belong to other keys.
        "AWS_SESSION_TOKEN": credentials.token or "",
        "AWS_DEFAULT_REGION": connection.manifest.region,
        "AWS_REGION": connection.manifest.region,
    }


def _watch(connection: "Connection", process: "subprocess.Popen[str]") -> None:
    _, said = process.communicate()
    if process.returncode:
        lines = said.strip().splitlines() or [f"exit code {process.returncode}"]
        _log.warning(
            "journals in %s could not be moved yet: %s; retry with `terrarium sync %s`",
            environment_journal(connection.manifest),
            lines[-1],
            connection.environment,
        )


def _main(environment: str) -> None:
    from terrarium.connection import open_connection
    from terrarium.journal.sync import sync

    try:
        sync(open_connection(environment))
    except Exception as error:  # noqa: BLE001 - the process that started this one reports the last line
        sys.exit(" ".join(f"{type(error).__name__}: {error}".split()))


if __name__ == "__main__":
    _main(sys.argv[1])
