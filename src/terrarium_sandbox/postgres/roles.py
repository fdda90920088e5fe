"""The roles that RDS creates in a new database server, and the master user."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    import psycopg

__all__ = ["IAM_ROLE", "MasterUser", "create_database", "create_roles", "set_password"]

# Members of this role can authenticate only with IAM tokens.
IAM_ROLE = "rds_iam"
_SUPERUSER_ROLE = "rds_superuser"
# The roles of which rds_superuser is a member. Source: Amazon RDS User Guide, "Understanding the rds_superuser role".
# Roles that the version of PostgreSQL lacks are omitted.
_PREDEFINED_ROLES = ("pg_checkpoint", "pg_monitor", "pg_signal_backend", "rds_password", "rds_replication")
# From this version on, granting a role needs the ADMIN option, not only CREATEROLE.
_ADMIN_OPTION_MAJOR = 16


@dataclass(frozen=True)
class MasterUser:
    """The user that RDS creates. It has the most privileges of all users of a customer, but is no superuser."""

    name: str
    password: str


def create_roles(connection: "psycopg.Connection[tuple[str]]", master: MasterUser) -> None:
    """Create RDS' roles and the master user, on a connection of the superuser."""
    for role in ("rds_password", "rds_replication", IAM_ROLE, _SUPERUSER_ROLE):
        connection.execute(_statement("CREATE ROLE {} NOLOGIN", role))
    known = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [list(_PREDEFINED_ROLES)]
    )
    for (role,) in known.fetchall():
        connection.execute(_statement("GRANT {} TO {} WITH ADMIN OPTION", role, _SUPERUSER_ROLE))
    create = "CREATE ROLE {} LOGIN CREATEDB CREATEROLE VALID UNTIL 'infinity' IN ROLE {}"
    connection.execute(_statement(create, master.name, _SUPERUSER_ROLE))
    if connection.info.server_version >= _ADMIN_OPTION_MAJOR * 10_000:
        grant = "GRANT {} TO {} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"
        connection.execute(_statement(grant, IAM_ROLE, master.name))
    set_password(connection, master)


def create_database(connection: "psycopg.Connection[tuple[str]]", name: str, *, owner: str) -> None:
    """Create the database of the RDS request. `postgres`, which every server has, only gets the new owner."""
    statement = "ALTER DATABASE {} OWNER TO {}" if name == "postgres" else "CREATE DATABASE {} OWNER {}"
    connection.execute(_statement(statement, name, owner))


def set_password(connection: "psycopg.Connection[tuple[str]]", user: MasterUser) -> None:
    """Set a user's password. Open sessions stay open."""
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user.name), sql.Literal(user.password))
    )


def _statement(template: str, *names: str) -> sql.Composed:
    return sql.SQL(template).format(*map(sql.Identifier, names))
