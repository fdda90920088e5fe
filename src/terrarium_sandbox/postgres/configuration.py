"""The configuration files of a database server, written at every start."""

from terrarium_sandbox.postgres.roles import IAM_ROLE

__all__ = ["host_based_authentication", "server_parameters"]

# As on RDS where possible: UTC, SCRAM. Sizes are for a laptop. Durability is PostgreSQL's default (fsync,
# synchronous_commit and full_page_writes are on), so that benchmarks are comparable.
_PARAMETERS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "min_wal_size": "32MB",
    "max_wal_size": "512MB",
    "wal_level": "replica",
    # For point-in-time recovery, from the data with which the server was created: the most changes that are kept.
    "wal_keep_size": "4GB",
    "max_wal_senders": "4",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "default_text_search_config": "pg_catalog.english",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


def server_parameters(*, port: int, socket_folder: str) -> str:
    """Return the content of `postgresql.conf`."""
    parameters = _PARAMETERS | {"port": str(port), "unix_socket_directories": f'"{socket_folder}"'}
    return "".join(f"{name} = '{value}'\n" for name, value in parameters.items())


def host_based_authentication(*, superuser: str, master: str) -> str:
    """Return the content of `pg_hba.conf`.

    Only unix sockets are allowed, in a folder that only the sandbox's user can open. The gateway refuses logins of the
    superuser. Members of rds_iam have the method "trust": the gateway verifies their tokens before it answers them.

    The rule of the master user comes first: from PostgreSQL 16 on, the ADMIN option on rds_iam makes the master user a
    member of it, and so does every role that it creates and grants rds_iam to.
    """
    rules = (
        ("all", superuser, "trust"),
        ("replication", superuser, "trust"),
        ("all", f'"{master}"', "scram-sha-256"),
        ("all", f"+{IAM_ROLE}", "trust"),
        ("all", "all", "scram-sha-256"),
    )
    return "".join(f"local {databases} {users} {method}\n" for databases, users, method in rules)
