"""What jsii sends its messages through, with a kernel that we started."""

import atexit

from jsii._kernel.providers.process import _NodeProcess

from cdktf_lean._kernel_process import KernelProcess

__all__ = ["KernelConnection"]


class KernelConnection(_NodeProcess):
    """jsii's own connection, but for how the kernel is started and stopped.

    Args:
        kernel: The kernel's process.
    """

    def __init__(self, kernel: KernelProcess) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # jsii has no hint there
        self._kernel = kernel
        self._process = kernel.process
        atexit.register(self.stop)

    def start(self) -> None:
        self.handshake()

    def stop(self) -> None:
        atexit.unregister(self.stop)
        self._kernel.stop()
