"""Advisory locks of the metadata database: one holder per name, across processes and machines."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

__all__ = ["advisory_lock", "take_advisory_lock"]

# 64 bits of the name: PostgreSQL's advisory locks have numbers, shared by all schemas of a database.
_KEY = "hashtextextended('terrarium.' || %s, 0)"


@contextmanager
def advisory_lock(engine: "Engine", name: str, *, shared: bool = False) -> "Iterator[Connection]":
    """Hold a lock during the block, in a transaction of its own.

    PostgreSQL releases the lock at the end of the transaction, also if the process dies.

    Args:
        engine: The database.
        name: Name of the lock, e.g. `model.churn`.
        shared: Whether other holders of the shared lock are admitted.
    """
    with engine.begin() as connection:
        take_advisory_lock(connection, name, shared=shared)
        yield connection


def take_advisory_lock(
    connection: "Connection", name: str, *, shared: bool = False, wait: bool = True
) -> bool:
    """Take a lock until the end of the connection's transaction.

    Args:
        connection: A connection within a transaction.
        name: Name of the lock.
        shared: Whether other holders of the shared lock are admitted.
        wait: Whether to wait for other holders.

    Returns:
        Whether the lock was taken; always true with `wait`.
    """
    function = f"pg_{'' if wait else 'try_'}advisory_xact_lock{'_shared' if shared else ''}"
    taken = connection.exec_driver_sql(f"SELECT {function}({_KEY})", (name,)).scalar()
    return wait or bool(taken)
