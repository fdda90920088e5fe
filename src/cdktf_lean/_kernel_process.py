"""The process of the jsii kernel, as a direct child of this process.

jsii starts Node twice: the first process passes every message on to the second one, the kernel. A direct child starts
earlier, and a request takes half of the time.
"""

import atexit
import os
import platform
import socket
import subprocess
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from jsii._kernel.providers.process import ProcessProvider, _NodeProcess

__all__ = ["DirectProvider"]

# The kernel reads and writes descriptor 3, a number that Python cannot choose for a child.
_ON_DESCRIPTOR_3 = ["/bin/sh", "-c", 'exec "$0" "$@" 3<&0 0</dev/null']
_OPTIONS = ["--max-old-space-size=4069", "--preserve-symlinks"]  # the options that jsii gives
_STOP_TIMEOUT = 5  # seconds, as in jsii


class DirectProvider(ProcessProvider):
    """jsii's provider, with a kernel that this process starts at the first request.

    Args:
        unpack_into: The folder for packages that the kernel unpacks, unless the user's environment names one.
    """

    def __init__(self, *, unpack_into: Path) -> None:
        self._unpack_into = unpack_into

    @cached_property
    def _process(self) -> _NodeProcess:
        process = _DirectProcess(self._unpack_into)
        process.start()
        return process


class _DirectProcess(_NodeProcess):
    def __init__(self, unpack_into: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # jsii has no annotation there
        self._unpack_into = unpack_into

    def start(self) -> None:
        program = Path(self._jsii_runtime()).parents[1] / "lib" / "program.js"
        ours, kernels = socket.socketpair()
        with ours, kernels:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [*_ON_DESCRIPTOR_3, os.environ.get("JSII_NODE", "node"), *_OPTIONS, str(program)],
                stdin=kernels.fileno(),
                env={
                    "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(self._unpack_into),
                    **os.environ,
                    "JSII_AGENT": f"Python/{platform.python_version()}",
                },
            )
            self._process.stdin, self._process.stdout = ours.makefile("wb"), ours.makefile("rb")
        atexit.register(self.stop)
        self.handshake()

    def stop(self) -> None:
        atexit.unregister(self.stop)
        process = self.__dict__.get("_process")  # absent if the kernel never started
        if process is None or process.stdin.closed:
            return
        with suppress(BrokenPipeError):  # the kernel has ended
            process.stdin.write(b'{"exit":0}\n')
            process.stdin.close()
        try:
            process.wait(timeout=_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.terminate()
        process.stdout.close()
        self._ctx_stack.close()
