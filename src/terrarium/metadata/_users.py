"""Database users and their grants."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from terrarium.manifest import MetadataDatabase
from terrarium.metadata.mlflow_schema import MLFLOW_SCHEMA

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["create_users", "grant_schema", "protect_revision"]


def create_users(master: "Connection", database: MetadataDatabase) -> list[str]:
    """Create missing users, and allow all users to log in with IAM tokens.

    The master user must not become a member of any of them: members of `rds_iam`, also through another role, cannot log
    in with a password, and the master would be locked out.

    Returns:
        The users that were created.
    """
    quote = _quoting(master)
    users = (database.owner, database.writer, database.reader)
    there = set(master.exec_driver_sql("SELECT rolname FROM pg_roles").scalars())
    made = [user for user in users if user not in there]
    for user in made:
        master.exec_driver_sql(f"CREATE ROLE {quote(user)} LOGIN")
    name = quote(database.database)
    for user in users:
        master.exec_driver_sql(f"GRANT rds_iam TO {quote(user)}")
        master.exec_driver_sql(
            f"ALTER ROLE {quote(user)} IN DATABASE {name} SET search_path = {MLFLOW_SCHEMA}"
        )
    owner, writer, reader = map(quote, users)
    master.exec_driver_sql(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    master.exec_driver_sql(f"GRANT CONNECT ON DATABASE {name} TO {owner}, {writer}, {reader}")
    master.exec_driver_sql(f"GRANT TEMPORARY ON DATABASE {name} TO {owner}, {writer}")
    master.exec_driver_sql(f"GRANT CREATE ON DATABASE {name} TO {owner}")
    return made


def grant_schema(owner: "Connection", database: MetadataDatabase, schema: str) -> None:
    """Create a schema as its owner, and grant the other users their privileges, on future tables as well."""
    quote = _quoting(owner)
    writer, reader = quote(database.writer), quote(database.reader)
    rights = {
        "TABLES": {writer: "SELECT, INSERT, UPDATE, DELETE", reader: "SELECT"},
        "SEQUENCES": {writer: "USAGE, SELECT"},
    }
    owner.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    owner.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {writer}, {reader}")
    for kind, granted in rights.items():
        for user, privileges in granted.items():
            owner.exec_driver_sql(f"GRANT {privileges} ON ALL {kind} IN SCHEMA {schema} TO {user}")
            owner.exec_driver_sql(
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {privileges} ON {kind} TO {user}"
            )


def protect_revision(owner: "Connection", database: MetadataDatabase, schema: str) -> None:
    """Revoke changes of a schema's revision from the writer, who could otherwise fake a migration."""
    writer = _quoting(owner)(database.writer)
    owner.exec_driver_sql(f"REVOKE INSERT, UPDATE, DELETE ON {schema}.alembic_version FROM {writer}")


def _quoting(connection: "Connection") -> Callable[[str], str]:
    quote: Callable[[str], str] = connection.dialect.identifier_preparer.quote
    return quote
