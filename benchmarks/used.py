"""Resource use of a function: seconds, processor time and memory."""

import time
from pathlib import Path

__all__ = ["Used"]


class Used:
    """From here on; in a process of its own, for the most memory that it has had is the process's."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._busy = time.process_time()

    def told(self) -> dict[str, float]:
        """Seconds; seconds of the processor, all threads together; and the most memory, MiB."""
        seconds, processor = time.perf_counter() - self._began, time.process_time() - self._busy
        return {"seconds": seconds, "processor": processor, "peak": _peak_memory()}


def _peak_memory() -> float:
    # Unlike what `getrusage` tells, without that of the process that started this one.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
