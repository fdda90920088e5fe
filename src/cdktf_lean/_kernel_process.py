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
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["KernelProcess"]

# How jsii's package names what it carries for Node, and how Node has to find it.
_PROGRAM = "lib__program.js"
_FILES = {_PROGRAM: "program.js", "lib__runtime-index-worker.js": "runtime-index-worker.js"}
# The kernel talks on descriptor 3, which Python cannot hand to a child under that number.
_ON_DESCRIPTOR_3 = ["/bin/sh", "-c", 'exec "$0" "$@" 3<&0 0</dev/null']
_PRELOADED = [Path(__file__).with_name(name) for name in ("_lazy_archiver.js", "_promises.js")]
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
        for packaged, name in _FILES.items():
            shutil.copyfile(_packaged() / packaged, folder / name)
        ours, kernels = socket.socketpair()
        with ours, kernels:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                [
                    *_ON_DESCRIPTOR_3,
                    _node(),
                    "--max-old-space-size=4069",  # as jsii has it
                    "--preserve-symlinks",
                    *(f"--require={script}" for script in _PRELOADED),
                    str(folder / "program.js"),
                ],
                stdin=kernels.fileno(),
                env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}", **settings},
            )
            self.requests, self.responses = ours.makefile("wb"), ours.makefile("rb")
        self.process.stdin, self.process.stdout = self.requests, self.responses

    @staticmethod
    def is_possible() -> bool:
        """Whether the platform, the user's settings and the version of jsii allow for it."""
        if os.name != "posix" or "JSII_RUNTIME" in os.environ:
            return False
        return (_packaged() / _PROGRAM).exists() and shutil.which(_node()) is not None

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


def _packaged() -> Path:
    """Where jsii keeps what it carries for Node; found without importing jsii."""
    spec = find_spec("jsii")
    return Path(spec.origin if spec and spec.origin else "").parent / "_embedded" / "jsii"
