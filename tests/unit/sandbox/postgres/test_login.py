"""Logins to a database, accepted and refused."""

import contextlib
import socket
import ssl
from pathlib import Path

import psycopg
import pytest

from terrarium_sandbox.postgres.server import ADDRESS, DatabaseServer
from terrarium_sandbox.postgres.servers import DatabaseServers
from tests.unit.sandbox.postgres.client import (
    GOOD_TOKEN,
    MASTER,
    connect_as_master,
    connect_by_token,
    connect_to,
)


def test_the_master_user_logs_in_by_password(server: DatabaseServer) -> None:
    with connect_as_master(server) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == (
            MASTER.name,
            "lab",
        )


def test_a_wrong_password_is_refused(server: DatabaseServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect_to(server, user=MASTER.name, password="guessed")


def test_a_member_of_rds_iam_logs_in_by_token(server: DatabaseServer) -> None:
    with connect_by_token(server) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("writer",)


def test_a_refused_token_gets_the_error_that_rds_gives(server: DatabaseServer) -> None:
    with pytest.raises(psycopg.OperationalError, match='PAM authentication failed for user "writer"'):
        connect_by_token(server, password="forged")


def test_a_token_is_no_password(server: DatabaseServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect_to(server, user=MASTER.name, password=GOOD_TOKEN)


def test_tokens_are_taken_over_tls_only(server: DatabaseServer) -> None:
    server.force_tls(force=False)
    try:
        with pytest.raises(psycopg.OperationalError, match="no encryption"):
            connect_by_token(server, sslmode="disable")
    finally:
        server.force_tls(force=True)


def test_rds_force_ssl_refuses_passwords_without_tls_as_long_as_it_is_set(server: DatabaseServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        connect_as_master(server, sslmode="disable")
    server.force_tls(force=False)
    try:
        connect_as_master(server, sslmode="disable").close()
    finally:
        server.force_tls(force=True)
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        connect_as_master(server, sslmode="disable")


def test_nobody_is_the_superuser(server: DatabaseServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        connect_to(server, user="rdsadmin", password=GOOD_TOKEN)


def test_the_superusers_name_cannot_be_hidden_behind_another(server: DatabaseServer) -> None:
    """A startup packet may name two users: PostgreSQL takes the last, and so must the gateway."""
    body = b"\0\3\0\0user\0writer\0user\0rdsadmin\0database\0lab\0\0"
    with _tls_connection(server) as client:
        client.sendall((len(body) + 4).to_bytes(4, "big") + body)
        assert b"pg_hba.conf rejects connection" in client.recv(1000)


def test_the_certificate_is_valid_for_the_endpoint(servers: DatabaseServers, server: DatabaseServer) -> None:
    connect_as_master(server, sslmode="verify-full", sslrootcert=str(servers.authority_file)).close()


def test_another_authority_does_not_vouch_for_it(server: DatabaseServer, tmp_path: Path) -> None:
    from terrarium_sandbox.postgres.certificate import make_certificate

    other = make_certificate(tmp_path).authority_file
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        connect_as_master(server, sslmode="verify-full", sslrootcert=str(other))


@pytest.mark.parametrize("noise", [b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\4", b"\xff" * 9])
def test_closes_connections_of_other_protocols(server: DatabaseServer, noise: bytes) -> None:
    with socket.create_connection((ADDRESS, server.port or 0), timeout=10) as client:
        client.sendall(noise)
        with contextlib.suppress(ConnectionResetError):  # what it did not read makes the end an abrupt one
            assert client.recv(1) == b""
    connect_as_master(server).close()


def _tls_connection(server: DatabaseServer) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client = socket.create_connection((ADDRESS, server.port or 0), timeout=10)
    client.sendall(b"\0\0\0\x08" + (80877103).to_bytes(4, "big"))
    assert client.recv(1) == b"S"
    return context.wrap_socket(client)
