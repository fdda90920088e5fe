"""Limits of concurrent transfers."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from terrarium.errors import ArgumentError
from terrarium.plain_text import shown

__all__ = ["MEBIBYTE", "TransferConfig", "map_ahead"]

MEBIBYTE = 2**20
_MOST_PARTS = 10_000  # of one multipart upload, by S3's own limit

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class TransferConfig:
    """Limits of a transfer.

    Attributes:
        part_size: Bytes of a part of a large file, at least 5 MiB (a limit of S3). A file that would have more parts
            than S3 allows gets larger parts.
        workers: Number of concurrent requests.
        memory: Bytes for all parts in progress; large parts lower the number of workers.
    """

    part_size: int = 16 * MEBIBYTE
    workers: int = 8
    memory: int = 256 * MEBIBYTE

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < 2**63:
                raise ArgumentError(
                    f"TransferConfig: {name} cannot be {shown(value)}",
                    remedy="give a whole number of 1 or more",
                )

    def part_size_of(self, size: int) -> int:
        """Return the part size, in bytes, for a file of `size` bytes."""
        least = -(-size // _MOST_PARTS)
        return max(self.part_size, -(-least // MEBIBYTE) * MEBIBYTE)

    def workers_for(self, part_size: int) -> int:
        """Return the number of concurrent parts of `part_size` bytes."""
        return max(1, min(self.workers, self.memory // part_size))


def map_ahead(function: Callable[[T], R], items: Iterable[T], *, workers: int) -> Iterator[R]:
    """Yield results like `map`, in order, with up to `workers` concurrent calls.

    At most `workers` results wait for the caller. After an error, or when the caller stops, no further call starts.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="terrarium-transfer")
    under_way: deque[Future[R]] = deque()
    try:
        for item in items:
            under_way.append(pool.submit(function, item))
            if len(under_way) == workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
