"""What a database that is being created starts with, where moto creates it from another one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["Restoration", "current_restoration", "restoring"]


@dataclass(frozen=True)
class Restoration:
    """A snapshot, and what was said about the new database.

    Attributes:
        snapshot: Whose data; None if the snapshot has none, being older than the data.
        port: Where the new database shall listen, if that was said: moto passes the old one's port on.
    """

    snapshot: str | None
    port: int | None


_current: ContextVar[Restoration | None] = ContextVar("restoration", default=None)


def current_restoration() -> Restoration | None:
    """What is being restored by this request; None if the new database is an empty one."""
    return _current.get()


@contextmanager
def restoring(what: Restoration) -> Iterator[None]:
    """Let the database that is created meanwhile start with `what`."""
    token = _current.set(what)
    try:
        yield
    finally:
        _current.reset(token)
