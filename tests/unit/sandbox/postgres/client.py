"""Connections of tests to a database server."""

from collections.abc import Callable
from typing import Any

import psycopg

from terrarium_sandbox.postgres.roles import MasterUser
from terrarium_sandbox.postgres.server import ADDRESS, DatabaseServer

MASTER = MasterUser("lab_master", "a master's password")
GOOD_TOKEN = "a token that the sandbox finds good"

Connection = psycopg.Connection[tuple[Any, ...]]
Connect = Callable[..., Connection]


def connect_to(server: DatabaseServer, **options: Any) -> Connection:
    """Connect as a client of RDS does: over TCP, with TLS. `options` are libpq's."""
    defaults = {"host": ADDRESS, "port": server.port, "dbname": "lab", "sslmode": "require"}
    return psycopg.connect(**{**defaults, **options}, autocommit=True)


def connect_as_master(server: DatabaseServer, **options: Any) -> Connection:
    return connect_to(server, user=MASTER.name, password=MASTER.password, **options)


def connect_by_token(server: DatabaseServer, **options: Any) -> Connection:
    return connect_to(server, **{"user": "writer", "password": GOOD_TOKEN, **options})
