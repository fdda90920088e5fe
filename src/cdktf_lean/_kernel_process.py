"""The process of the jsii kernel, as a child of this one.

jsii imports itself, which takes as long as Node takes to start, and then starts Node to start Node: the first process
passes every message on to the second, the kernel. Here the kernel is started first of all, and talked to directly.
"""

import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Mapping
from io import BufferedWriter
from pathlib import Path
from tempfile import TemporaryDirectory

from cdktf_lean._program import PROGRAM, packaged, write_program

__all__ = ["KernelProcess"]

# The kernel talks on descriptor 3, which Python cannot hand to a child under that number.
_ON_DESCRIPTOR_3 = ["/bin/sh", "-c", 'exec "$0" "$@" 3<&0 0</dev/null']
_PRELOADED = Path(__file__).with_name("_preloaded") / "index.js"
# Bytes, so two or three requests that are not waited for: with more, the kernel would idle until they are there.
_SENT_AT_ONCE = 2048
_STOP_TIMEOUT = 5  # seconds, as jsii's


class KernelProcess:
    """A kernel that starts. It prints to this process' own output.

    Args:
        settings: Environment variables for it.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._folder = TemporaryDirectory()
        folder = Path(self._folder.name)
        write_program(folder)
        ours, kernels = socket.socketpair()
        with ours, kernels:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                [
                    *_ON_DESCRIPTOR_3,
                    _node(),
                    "--max-old-space-size=4069",  # as jsii has it
                    "--preserve-symlinks",
                    f"--require={_PRELOADED}",
                    str(folder / PROGRAM),
                ],
                stdin=kernels.fileno(),
                env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}", **settings},
            )
            self.requests = BufferedWriter(ours.makefile("wb", buffering=0), _SENT_AT_ONCE)
            self.responses = ours.makefile("rb")
        self.process.stdin, self.process.stdout = self.requests, self.responses

    @staticmethod
    def is_possible() -> bool:
        """Whether the platform, the user's settings and the version of jsii allow for it."""
        if os.name != "posix" or "JSII_RUNTIME" in os.environ:
            return False
        return packaged().exists() and shutil.which(_node()) is not None

    def stop(self) -> bytes:
        """End it, and wait until it has.

        Returns:
            What it said that nobody read.
        """
        if self.requests.closed:
            return b""
        self.requests.write(b'{"exit":0}\n')
        self.requests.close()
        try:
            self.process.wait(timeout=_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.terminate()
        unread = self.responses.read()
        self.responses.close()
        self._folder.cleanup()
        return unread


def _node() -> str:
    return os.environ.get("JSII_NODE", "node")
