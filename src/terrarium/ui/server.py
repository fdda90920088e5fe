"""MLflow's server as a child process on loopback, with the identity of its user."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from terrarium.connection import plain_uri
from terrarium.ui import _guard as guard
from terrarium.ui.errors import UiNotStartedError

__all__ = ["UiServer"]

_HOST = "127.0.0.1"
_START_TIMEOUT = 120  # s: a first start compiles all of MLflow
_TAIL = 2000  # characters of its log that an error shows


class UiServer:
    """The UI of an environment, for the length of a `with` block.

    It signs its database logins and reads artifacts with the AWS credentials of this process, and listens on loopback
    only: it has the rights of its user, and needs no password.

    Args:
        environment: Its name.
        python: An interpreter with full MLflow.
        artifact_root: Location of the artifacts of experiments that are created in the UI.
        port: The port to listen on; 0 for a free one.
        log: File for the output of the server.
    """

    def __init__(self, environment: str, *, python: Path, artifact_root: str, port: int, log: Path) -> None:
        self._environment = environment
        self._python = python
        self._artifact_root = artifact_root
        self._port = port or _free_port()
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._alive: int | None = None

    @property
    def address(self) -> str:
        """URL for the browser."""
        return f"http://{_HOST}:{self._port}"

    def __enter__(self) -> Self:
        alive, self._alive = os.pipe()  # the guard reads its end: it is closed when this process dies
        try:
            with self._log.open("wb") as output:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", guard.__file__, str(alive), *self._command()],
                    env=self._variables(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    pass_fds=(alive,),
                    start_new_session=True,  # this process handles Ctrl-C
                )
        finally:
            os.close(alive)
        try:
            self._wait_until_up(self._process)
        except BaseException:
            self._stop(self._process)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process:
            self._stop(self._process)

    def wait(self) -> None:
        """Wait until the server ends.

        Raises:
            UiNotStartedError: The server ended; always raised.
        """
        if self._process:
            self._process.wait()
            raise self._ended()

    def _command(self) -> list[str]:
        uri = plain_uri(self._environment)
        stores = ["--backend-store-uri", uri, "--registry-store-uri", uri]
        artifacts = ["--no-serve-artifacts", "--default-artifact-root", self._artifact_root]
        listening = ["--host", _HOST, "--port", str(self._port), "--workers", "1"]
        return [str(self._python), "-m", "mlflow", "server", *stores, *artifacts, *listening]

    def _variables(self) -> dict[str, str]:
        # This process' PYTHONPATH would come before the packages of the server's interpreter.
        inherited = {
            name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")
        }
        return {
            **inherited,
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # evaluations by language models, which need a disk
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }

    def _wait_until_up(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        while not _answers(f"{self.address}/health"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise self._ended()
            time.sleep(0.1)

    def _stop(self, process: "subprocess.Popen[bytes]") -> None:
        """Let the guard end the server, and wait until both have ended."""
        if self._alive is not None:
            os.close(self._alive)
            self._alive = None
        process.terminate()  # a forked process may hold the pipe open
        process.wait()

    def _ended(self) -> UiNotStartedError:
        return UiNotStartedError(
            f"MLflow's server on {self.address} is not up:\n{self._log.read_text(errors='replace')[-_TAIL:]}",
            remedy=f"read its log {self._log}; if the port is in use, choose another: --port",
        )


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _answers(address: str) -> bool:
    # Never through a proxy: the server is on this machine.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=5) as answer:
            return int(answer.status) == 200
    except OSError:
        return False
