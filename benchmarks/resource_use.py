"""Resource use of a function: seconds, processor time and memory."""

import time
from pathlib import Path

__all__ = ["ResourceUse"]


class ResourceUse:
    """Resource use since its creation. The memory is the peak of the process: create it in a new process."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._busy = time.process_time()

    def measure(self) -> dict[str, float]:
        """Return seconds, processor seconds of all threads, and the peak of memory in MiB."""
        seconds, processor = time.perf_counter() - self._began, time.process_time() - self._busy
        return {"seconds": seconds, "processor": processor, "peak": _peak_memory()}


def _peak_memory() -> float:
    # `getrusage` would include the memory of the parent process.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
