"""Start, stop and reset of the background process."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from typing import IO

import psutil

from terrarium.errors import Error
from terrarium.io.atomic_write import atomic_write
from terrarium_sandbox.home import Home
from terrarium_sandbox.process.processes import end_processes
from terrarium_sandbox.process.running import RunningSandbox

__all__ = ["DEFAULT_PORT", "down", "require_running", "reset", "up"]

DEFAULT_PORT = 5566
_STOP_SECONDS = 60.0
_LOG_BYTES = 10_000_000


def up(home: Home, *, port: int | None = None) -> RunningSandbox:
    """Start the sandbox of `home`, unless it is running; return when it is ready.

    Args:
        home: The folder of its files.
        port: The port, 0 for any free port; if omitted, the current or last port, else 5566.

    Raises:
        Error: It cannot start, or is running on another port than the requested one.
    """
    with home.locked():
        running = RunningSandbox.find(home)
        if running is None:
            started = _start(home, _last_port(home) if port is None else port)
            with atomic_write(home.port_file) as file:
                file.write(started.record.endpoint.rpartition(":")[2].encode())
            return started
    running.ask("GET", "health")
    if port and not running.record.endpoint.endswith(f":{port}"):
        raise Error(
            f"the sandbox is already running at {running.record.endpoint}",
            remedy="use it there, or stop it first: `terrarium sandbox down`",
        )
    return running


def down(home: Home) -> bool:
    """Stop the sandbox of `home`; return False if none was running.

    Raises:
        Error: It did not stop in order; it was killed if necessary.
    """
    with home.locked():
        running = RunningSandbox.find(home)
        process = running and running.record.process.find()
        if not process:
            return False
        _stop(home, process)
        return True


def reset(home: Home) -> bool:
    """Delete all state of the sandbox of `home`; start it again and return True if it was running."""
    running = RunningSandbox.find(home)
    down(home)
    with home.locked():
        _clear(home)
    if running is None:
        return False
    up(home, port=int(running.record.endpoint.rpartition(":")[2]))
    return True


def require_running(home: Home) -> RunningSandbox:
    """Return the running sandbox of `home`.

    Raises:
        Error: It is not running.
    """
    running = RunningSandbox.find(home)
    if running is None:
        raise Error(f"no sandbox is running in {home.folder}", remedy="start it: `terrarium sandbox up`")
    return running


def _last_port(home: Home) -> int:
    try:
        return int(home.port_file.read_bytes())
    except (FileNotFoundError, ValueError):
        return DEFAULT_PORT


def _start(home: Home, port: int) -> RunningSandbox:
    reader, writer = os.pipe()
    with os.fdopen(reader) as ready, _open_log(home) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "terrarium_sandbox.server",
             "--home", home.folder, "--port", str(port), "--ready", str(writer)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(writer,),
            start_new_session=True,
        )  # fmt: skip
        os.close(writer)
        try:
            text = ready.read()
        except BaseException:  # interrupted: leave no partly started sandbox
            end_processes([psutil.Process(process.pid)], stop_signal=signal.SIGTERM, patience_seconds=10)
            raise
    message = json.loads(text) if text else _last_log_line(home)
    running = RunningSandbox.find(home)
    if message or running is None:
        raise Error(message["problem"], remedy=message["remedy"])
    running.ask("GET", "health")
    return running


def _stop(home: Home, process: psutil.Process) -> None:
    end_processes([process], stop_signal=signal.SIGTERM, patience_seconds=_STOP_SECONDS)
    if home.process_file.exists():  # the process deletes it last
        raise Error(
            f"the sandbox (process {process.pid}) did not stop in order; the last changes may not be saved",
            remedy=f"read {home.log_file}; the next `terrarium sandbox up` ends the processes that it left running",
        )


def _clear(home: Home) -> None:
    # Only the services know their data outside the home, so they are installed here, in this process.
    from terrarium_sandbox.http.routes import Routes
    from terrarium_sandbox.sandbox import Sandbox
    from terrarium_sandbox.services import install_services

    host = Sandbox(home=home, endpoint="", routes=Routes(token=secrets.token_urlsafe()))
    install_services(host)
    host.children.end_all()
    host.reset()
    for folder in (home.state_folder, home.services_folder, home.children_folder):
        shutil.rmtree(folder, ignore_errors=not folder.exists())
    home.process_file.unlink(missing_ok=True)


def _open_log(home: Home) -> IO[bytes]:
    log = home.log_file
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    return log.open("ab")


def _last_log_line(home: Home) -> dict[str, str]:
    lines = home.log_file.read_text(errors="replace").splitlines()[-1:]
    return {
        "problem": f"the sandbox ended before it was ready: {''.join(lines)}",
        "remedy": f"look into {home.log_file}",
    }
