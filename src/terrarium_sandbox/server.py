"""Process of the sandbox: `python -m terrarium_sandbox.server`, which `terrarium sandbox up` starts."""

import argparse
import gc
import json
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.errors import Error
from terrarium.gc_tuning import gc_paused
from terrarium_sandbox.home import Home
from terrarium_sandbox.http.routes import Routes
from terrarium_sandbox.process.process_record import ProcessRecord
from terrarium_sandbox.process.processes import ProcessIdentity
from terrarium_sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from terrarium_sandbox.http.application import Application
    from terrarium_sandbox.state.saved_state import SavedState

__all__ = ["main", "serve"]

_HOST = "127.0.0.1"  # loopback only: programs of other machines must not reach the services
_SAVE_EVERY_SECONDS = 2.0
_SAVE_SHARE = 0.05  # the largest share of time for saving
_SAVE_AT_LEAST_EVERY_SECONDS = 60.0  # a crash loses the progress of jobs since the last save
_PATIENCE_SECONDS = 10.0
_NOTICE_SHUTDOWN_SECONDS = 0.05  # longest time from a stop request until the server accepts no request

_log = logging.getLogger("terrarium_sandbox")


def main() -> None:
    """Serve until SIGTERM; write to the file descriptor `--ready` when ready, or the error if it cannot start."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ready", type=int, required=True)
    arguments = parser.parse_args()
    # Otherwise a child process would keep the pipe open.
    os.set_inheritable(arguments.ready, False)  # noqa: FBT003 - positional only
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    ready = os.fdopen(arguments.ready, "w")

    def say(message: dict[str, str]) -> None:
        json.dump(message, ready)
        ready.close()

    try:
        serve(Home(arguments.home), arguments.port, on_ready=lambda: say({}))
    except Error as error:
        _log.error("%s", error)
        if not ready.closed:
            say({"problem": error.problem, "remedy": error.remedy})
        sys.exit(1)


def serve(home: Home, port: int, *, on_ready: Callable[[], None]) -> None:
    """Run a sandbox in this process until SIGTERM or SIGINT.

    Args:
        home: The folder of its files.
        port: The port on loopback; 0 for any free port.
        on_ready: Called when all services are ready.

    Raises:
        Error: The port is taken, the saved state cannot be read, or a service cannot start.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with _listen(port) as listener:
        port = listener.getsockname()[1]
        token = secrets.token_urlsafe(32)
        sandbox = Sandbox(home=home, endpoint=f"http://{_HOST}:{port}", routes=Routes(token))
        orphans = sandbox.children.end_all()
        if orphans:
            _log.info("ended processes that a killed sandbox had left running: %s", orphans)
        record = ProcessRecord(
            process=ProcessIdentity.of(os.getpid()), endpoint=sandbox.endpoint, token=token
        )
        record.write(home)
        try:
            with gc_paused():
                application, state = _assemble(sandbox, port)
            gc.freeze()  # these objects stay: the garbage collector need not scan them
            sandbox.start()
        except BaseException:
            sandbox.children.end_all()
            home.process_file.unlink()
            raise
        try:
            _answer_until(stop, listener, application, state, sandbox, on_ready)
            sandbox.stop()
            state.save()
        finally:
            sandbox.children.end_all()
        home.process_file.unlink()  # last: a file that is left means that the process did not stop in order
        _log.info("stopped")


def _assemble(sandbox: Sandbox, port: int) -> tuple["Application", "SavedState"]:
    _prepare_for_moto(port)
    from terrarium_sandbox.accounts import add_account_routes
    from terrarium_sandbox.http.application import Application
    from terrarium_sandbox.http.failures import Failures
    from terrarium_sandbox.http.internal_routes import add_internal_routes
    from terrarium_sandbox.moto_core import correct_moto
    from terrarium_sandbox.services import install_services
    from terrarium_sandbox.state.saved_state import SavedState

    failures = Failures()
    correct_moto()
    install_services(sandbox)
    add_account_routes(sandbox)
    state = SavedState(sandbox)
    add_internal_routes(sandbox, failures, state)
    state.load()
    return Application(sandbox, failures, state.changes), state


def _prepare_for_moto(port: int) -> None:
    """Set the variables that moto and boto3 read on import, and remove the user's AWS settings."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_", "TEST_"))]:
        if name != "AWS_CA_BUNDLE":
            del os.environ[name]
    os.environ.update(
        AWS_CONFIG_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        MOTO_DISABLE_GLOBAL_CORS="true",
        MOTO_EC2_LOAD_DEFAULT_AMIS="false",
        MOTO_PORT=str(port),
    )


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise Error(
            f"the sandbox cannot listen on {_HOST}:{port}: {error.strerror}",
            remedy="end the process that listens there, or choose another port: `terrarium sandbox up --port 0`",
        ) from error
    return listener


def _answer_until(
    stop: threading.Event,
    listener: socket.socket,
    application: "Application",
    state: "SavedState",
    sandbox: Sandbox,
    on_ready: Callable[[], None],
) -> None:
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    class Handler(MotoRequestHandler):
        # Send head and body in one packet: Go's HTTP client (so Terraform's provider) may close the connection between
        # them, if the answer arrives before it has written its request, and retry a request that was executed.
        wbufsize = 1 << 16
        disable_nagle_algorithm = True  # a longer body must not wait

        def run_wsgi(self) -> None:
            # Answer at once: clients wait for this before they send the body, boto3 for a second.
            if self.headers.get("Expect", "").strip().lower() == "100-continue":
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                self.wfile.flush()
                del self.headers["Expect"]
            super().run_wsgi()

        def log_request(self, code: object = "-", size: object = "-") -> None:
            pass

    host, port = listener.getsockname()
    server = make_server(
        host, port, application, threaded=True, request_handler=Handler, fd=listener.fileno()
    )
    thread = threading.Thread(
        target=server.serve_forever, args=(_NOTICE_SHUTDOWN_SECONDS,), name="server", daemon=True
    )
    thread.start()
    _log.info("ready at %s", sandbox.endpoint)
    on_ready()
    _save_changes_until(stop, sandbox, state)
    server.shutdown()
    application.close(patience_seconds=_PATIENCE_SECONDS)
    server.server_close()


def _save_changes_until(stop: threading.Event, sandbox: Sandbox, state: "SavedState") -> None:
    pause = _SAVE_EVERY_SECONDS
    while not stop.wait(pause):
        if not sandbox.take_changes():
            continue
        began = time.monotonic()
        state.save_or_log()
        share = (time.monotonic() - began) / _SAVE_SHARE
        pause = min(max(_SAVE_EVERY_SECONDS, share), _SAVE_AT_LEAST_EVERY_SECONDS)


if __name__ == "__main__":
    main()
