"""The process of the jsii kernel, as a child of this one.

jsii starts Node to start Node: the first process passes every message on to the second, the kernel. That is a start of
Node more than needed, and two hops more for each of the thousands of messages of a synthesis.
"""

import atexit
import os
import platform
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from jsii._embedded.jsii import EMBEDDED_FILES
from jsii._kernel.providers.process import _NodeProcess

__all__ = ["kernel_process"]

_PROGRAM = "lib/program.js"

# The kernel talks on descriptor 3, which Python cannot hand to a child under that number.
_ON_DESCRIPTOR_3 = ["/bin/sh", "-c", 'exec "$0" "$@" 3<&0 0</dev/null']
_STOP_TIMEOUT = 5  # seconds, as jsii's


def kernel_process(settings: Mapping[str, str]) -> _NodeProcess:
    """The process, not started yet.

    Args:
        settings: jsii's environment variables for it. Where the platform, the user or the version of jsii wants jsii's
            own way of starting it, that way is gone, and these are not set.
    """
    if os.name != "posix" or "JSII_RUNTIME" in os.environ or _PROGRAM not in EMBEDDED_FILES.values():
        return _NodeProcess()  # type: ignore[no-untyped-call] # jsii has no hint there
    return _KernelProcess(settings)


class _KernelProcess(_NodeProcess):
    """What jsii's first process would start, with the same arguments. It writes to this process' own output."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # jsii has no hint there
        self._settings = settings

    def start(self) -> None:
        program = Path(self._jsii_runtime()).parents[1] / _PROGRAM
        ours, kernels = socket.socketpair()
        with kernels:
            self._process = subprocess.Popen(
                [
                    *_ON_DESCRIPTOR_3,
                    os.environ.get("JSII_NODE", "node"),
                    "--max-old-space-size=4069",
                    "--preserve-symlinks",
                    str(program),
                ],
                stdin=kernels.fileno(),
                env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}", **self._settings},
            )
        with ours:
            self._process.stdin, self._process.stdout = ours.makefile("wb"), ours.makefile("rb")
        atexit.register(self.stop)
        self.handshake()

    def stop(self) -> None:
        atexit.unregister(self.stop)
        requests, responses = self._process.stdin, self._process.stdout
        if requests is None or responses is None or requests.closed:
            return
        requests.write(b'{"exit":0}\n')
        requests.close()
        try:
            self._process.wait(timeout=_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.terminate()
        responses.close()
        self._ctx_stack.close()
