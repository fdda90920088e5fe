"""Privileges of RDS' master user."""

import psycopg
import pytest

from terrarium_sandbox.postgres.server import DatabaseServer
from tests.unit.sandbox.postgres.client import MASTER, connect_as_master, connect_by_token, connect_to


def test_the_master_user_makes_roles_databases_and_iam_users(server: DatabaseServer) -> None:
    with connect_as_master(server) as master:
        master.execute("CREATE ROLE reader LOGIN")
        master.execute("GRANT rds_iam TO reader")
        master.execute("CREATE DATABASE second")
        master.execute("CREATE SCHEMA theirs")
        master.execute("CREATE EXTENSION pg_trgm")
    connect_by_token(server, user="reader", dbname="second").close()


def test_the_master_user_is_no_superuser(server: DatabaseServer) -> None:
    with connect_as_master(server) as master:
        for statement in ("CREATE ROLE boss SUPERUSER", "ALTER SYSTEM SET fsync = off", "SET ROLE rdsadmin"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                master.execute(statement)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            master.execute("COPY (SELECT 1) TO PROGRAM 'cat'")


def test_the_master_user_keeps_the_password_though_it_administers_rds_iam(server: DatabaseServer) -> None:
    """From PostgreSQL 16 on, a user who may grant a role is a member of it."""
    with connect_as_master(server) as master:
        assert master.execute("SELECT current_user").fetchone() == (MASTER.name,)


def test_a_user_without_rds_iam_needs_a_password(server: DatabaseServer) -> None:
    with connect_as_master(server) as master:
        master.execute("CREATE ROLE former LOGIN PASSWORD 'a former password'")
        master.execute("GRANT rds_iam TO former")
        connect_by_token(server, user="former").close()
        master.execute("REVOKE rds_iam FROM former")
    connect_to(server, user="former", password="a former password").close()
