"""Reads the version of a distribution once, instead of in every generated module.

Each of them asks for typeguard's, and each time its whole metadata is parsed.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["versions_read_once"]


@contextmanager
def versions_read_once() -> Iterator[None]:
    """Have `importlib.metadata.version` remember, in this block."""
    from importlib import metadata  # not above: the kernel starts before this is imported

    original = metadata.version
    metadata.version = _version
    try:
        yield
    finally:
        metadata.version = original


@functools.cache
def _version(distribution_name: str) -> str:
    from importlib import metadata

    return metadata.distribution(distribution_name).version
