"""The configuration files of a database server, written anew whenever it starts."""

from terrarium_sandbox.postgres.roles import IAM_ROLE

__all__ = ["host_based_authentication", "server_parameters"]

# As on RDS where it can be: UTC, SCRAM. Sized for a laptop, with the durability that PostgreSQL has by default (fsync,
# synchronous_commit and full_page_writes are left on): what is measured here is not faster by being unsafe.
_PARAMETERS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "min_wal_size": "32MB",
    "max_wal_size": "512MB",
    "wal_level": "replica",
    "max_wal_senders": "4",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "default_text_search_config": "pg_catalog.english",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


def server_parameters(*, port: int, socket_folder: str) -> str:
    """The contents of `postgresql.conf`."""
    parameters = _PARAMETERS | {"port": str(port), "unix_socket_directories": f'"{socket_folder}"'}
    return "".join(f"{name} = '{value}'\n" for name, value in parameters.items())


def host_based_authentication(*, superuser: str, master: str) -> str:
    """The contents of `pg_hba.conf`.

    Only unix sockets, in a folder that is closed to all but us, and the gateway in front of them lets nobody be the
    superuser. To members of rds_iam "trust" means: the gateway will verify their tokens before it tells them.

    The master user comes before them: from PostgreSQL 16 on, the ADMIN option on rds_iam makes it a member, and so does
    every role it creates and grants rds_iam to.
    """
    rules = (
        ("all", superuser, "trust"),
        ("replication", superuser, "trust"),
        ("all", f'"{master}"', "scram-sha-256"),
        ("all", f"+{IAM_ROLE}", "trust"),
        ("all", "all", "scram-sha-256"),
    )
    return "".join(f"local {databases} {users} {method}\n" for databases, users, method in rules)
