"""Restoration: the data with which a new database starts when moto creates it from another one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["Restoration", "current_restoration", "restoring"]


@dataclass(frozen=True)
class Restoration:
    """A snapshot, and the port of the new database.

    Attributes:
        snapshot: The snapshot of the data; None if it has no data.
        port: The port in the request, if any: moto would use the port of the source.
    """

    snapshot: str | None
    port: int | None


_current: ContextVar[Restoration | None] = ContextVar("restoration", default=None)


def current_restoration() -> Restoration | None:
    """Return the restoration of the current request; None if the new database is empty."""
    return _current.get()


@contextmanager
def restoring(what: Restoration) -> Iterator[None]:
    """Use `what` for the database that is created within the block."""
    token = _current.set(what)
    try:
        yield
    finally:
        _current.reset(token)
