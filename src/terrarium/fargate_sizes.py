"""Sizes of tasks on Fargate: the combinations of vCPUs and memory that it has."""

from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["FargateSize", "largest_size", "smallest_size"]

# MiB by vCPUs: the first, the last and the step. Sizes of less than one vCPU are left out: jobs request whole ones.
# Source: AWS Batch API Reference, ResourceRequirement, value.
_MEMORY: Final = {
    1: (2048, 8192, 1024),
    2: (4096, 16_384, 1024),
    4: (8192, 30_720, 1024),
    8: (16_384, 61_440, 4096),
    16: (32_768, 122_880, 8192),
}
_LARGE: Final = {32: (61_440, 122_880, 249_856)}


class FargateSize(NamedTuple):
    """A combination of vCPUs and MiB of memory."""

    vcpus: int
    memory: int


def smallest_size(vcpus: int, memory: int) -> FargateSize | None:
    """Return the smallest size with at least these vCPUs and MiB of memory; None if no size has them."""
    return next((size for size in _sizes() if size.vcpus >= vcpus and size.memory >= memory), None)


def largest_size(maximum_vcpus: int) -> FargateSize:
    """Return the largest size with at most these vCPUs, of which there is at least 1."""
    return max(size for size in _sizes() if size.vcpus <= maximum_vcpus)


def _sizes() -> Iterator[FargateSize]:
    for vcpus, (first, last, step) in _MEMORY.items():
        for memory in range(first, last + 1, step):
            yield FargateSize(vcpus, memory)
    for vcpus, memories in _LARGE.items():
        for memory in memories:
            yield FargateSize(vcpus, memory)
