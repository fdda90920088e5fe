"""What PostgreSQL is to know about MLflow's tables beyond what it finds out by itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["create_statistics"]


def create_statistics(owner: "Connection") -> None:
    """Have it count which values go with which keys.

    It takes `key` and `value` for independent otherwise, expects a tenth of the runs that a search then finds, and
    looks each of them up one by one. This is no part of MLflow's schema, and its migrations need not know of it.
    """
    for table in ("params", "tags"):
        owner.exec_driver_sql(
            f"CREATE STATISTICS IF NOT EXISTS {table}_key_value (mcv) ON key, value FROM {table}"
        )
