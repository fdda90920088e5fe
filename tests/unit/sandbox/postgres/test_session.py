"""Transparency of the gateway after the login."""

import threading

import psycopg
import pytest

from terrarium_sandbox.postgres.server import DatabaseServer
from tests.unit.sandbox.postgres.client import connect_by_token

_ROWS = 20_000


def test_copy_carries_bulk_both_ways(server: DatabaseServer) -> None:
    rows = b"".join(b"%d\t%s\n" % (number, b"x" * 500) for number in range(_ROWS))
    with connect_by_token(server) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bulk (number int, filling text)")
        with cursor.copy("COPY bulk FROM STDIN") as copy:
            copy.write(rows)
        with cursor.copy("COPY (SELECT * FROM bulk ORDER BY number) TO STDOUT") as copy:
            assert b"".join(bytes(block) for block in copy) == rows


def test_a_pipeline_may_be_sent_before_its_results_are_read(server: DatabaseServer) -> None:
    """Neither direction may wait for the other: both sides' buffers are full here."""
    with connect_by_token(server) as connection, connection.pipeline():
        cursors = [connection.execute("SELECT repeat('x', 5000), %s", [number]) for number in range(5_000)]
        assert sum(cursor.fetchone()[1] for cursor in cursors) == sum(range(5_000))  # type: ignore[index]


def test_a_query_can_be_cancelled(server: DatabaseServer) -> None:
    with connect_by_token(server) as connection:
        timer = threading.Timer(0.2, connection.cancel_safe)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(60)")
        timer.join()
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_last_words_of_a_session_arrive(server: DatabaseServer) -> None:
    with connect_by_token(server) as connection, server.connection() as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
        with pytest.raises(psycopg.errors.AdminShutdown):
            connection.execute("SELECT 1")


def test_many_sessions_at_a_time(server: DatabaseServer) -> None:
    sessions = [connect_by_token(server) for _ in range(30)]
    assert len({session.execute("SELECT pg_backend_pid()").fetchone() for session in sessions}) == 30
    for session in sessions:
        session.close()
