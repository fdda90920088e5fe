"""Extended statistics for PostgreSQL's planner on MLflow's tables."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["create_statistics"]


def create_statistics(owner: "Connection") -> None:
    """Create statistics on combinations of keys and values.

    Without them, the planner assumes that `key` and `value` are independent, underestimates the results of a search by
    a factor of ten, and reads runs one by one. MLflow's migrations are not affected.
    """
    for table in ("params", "tags"):
        owner.exec_driver_sql(
            f"CREATE STATISTICS IF NOT EXISTS {table}_key_value (mcv) ON key, value FROM {table}"
        )
