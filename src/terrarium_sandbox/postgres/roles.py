"""The roles that RDS puts into a new database server, and the master user."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    import psycopg

__all__ = ["IAM_ROLE", "MasterUser", "create_database", "create_roles", "set_password"]

# Its members authenticate by IAM, and only by IAM.
IAM_ROLE = "rds_iam"
_SUPERUSER_ROLE = "rds_superuser"
# What rds_superuser is a member of. Source: Amazon RDS User Guide, "Understanding the rds_superuser role". Those
# that this version of PostgreSQL lacks are left out.
_PREDEFINED_ROLES = ("pg_checkpoint", "pg_monitor", "pg_signal_backend", "rds_password", "rds_replication")
# From here on CREATEROLE alone does not allow to grant a role: it takes the ADMIN option.
_ADMIN_OPTION_MAJOR = 16


@dataclass(frozen=True)
class MasterUser:
    """The user that RDS makes: the mightiest that one gets there, and no superuser."""

    name: str
    password: str


def create_roles(connection: "psycopg.Connection[tuple[str]]", master: MasterUser) -> None:
    """Make RDS' roles and the master user, on a connection of the superuser's."""
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
    """Make the database that RDS was asked for; `postgres`, which every server has, only changes hands."""
    statement = "ALTER DATABASE {} OWNER TO {}" if name == "postgres" else "CREATE DATABASE {} OWNER {}"
    connection.execute(_statement(statement, name, owner))


def set_password(connection: "psycopg.Connection[tuple[str]]", user: MasterUser) -> None:
    """Give a user a password; sessions that are open stay open."""
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user.name), sql.Literal(user.password))
    )


def _statement(template: str, *names: str) -> sql.Composed:
    return sql.SQL(template).format(*map(sql.Identifier, names))
