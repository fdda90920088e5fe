"""`terrarium migrate`: users, rights and schema of a real PostgreSQL with verified logins."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import psycopg.errors
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

import terrarium
from terrarium.aws import Session
from terrarium.manifest import PlatformManifest
from terrarium.metadata import Database
from terrarium.metadata.errors import (
    DatabaseLoginError,
    SchemaMissingError,
    SchemaOutdatedError,
    SchemaTooNewError,
)
from terrarium.metadata.migration import migrate
from terrarium.metadata.mlflow_schema import check_schema, schema_revision
from terrarium.metadata.optuna_schema import open_optuna_storage
from tests.support.provisioning.environment import Account, new_environment

pytest_plugins = ["tests.support.sdk_environment"]

# Any that is neither the first nor the last of MLflow's.
EARLIER_REVISION = "bd07f7e963c5"

_NAMES = (f"fresh{number}" for number in count())


@pytest.fixture
def fresh(account: Account) -> Iterator[Database]:  # noqa: ARG001 - the account to be in
    """The database of an environment that was deployed this moment."""
    manifest = new_environment(next(_NAMES))
    database = Database(manifest, session=Session())
    yield database
    for engine in (database.owner, database.writer, database.reader):
        engine.dispose()


def migrated(database: Database) -> list[str]:
    said: list[str] = []
    migrate(_manifest(database), session=Session(), say=said.append)
    return said


def _manifest(database: Database) -> PlatformManifest:
    return terrarium.connect(database.environment).manifest


def execute(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def upgrade_to(engine: Engine, revision: str) -> None:
    """Bring MLflow's schema to an earlier revision, as an earlier MLflow would have."""
    from alembic import command
    from mlflow.store.db.utils import _get_alembic_config
    from mlflow.store.tracking.dbmodels.initial_models import Base

    Base.metadata.create_all(engine)
    config = _get_alembic_config(db_url="")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_connecting_before_the_migration_names_the_command(fresh: Database) -> None:
    with pytest.raises(DatabaseLoginError, match=f"terrarium migrate {fresh.environment}"):
        fresh.writer.connect()


def test_the_migration_is_idempotent(fresh: Database) -> None:
    first = migrated(fresh)
    assert [line for line in first if "made database user" in line] == [
        f"made database user {user}" for user in ("terrarium_owner", "terrarium_writer", "terrarium_reader")
    ]
    assert "migrated schema mlflow from nothing" in first[-1]
    assert migrated(fresh) == [f"schema mlflow is at {schema_revision(fresh.writer)}: nothing to migrate"]
    check_schema(fresh.writer, fresh.environment)


def test_rights_follow_the_users(fresh: Database) -> None:
    migrated(fresh)
    insert = "INSERT INTO tags (key, value, run_uuid) VALUES ('k', 'v', 'r')"
    run = "INSERT INTO runs (run_uuid, experiment_id) VALUES ('r', NULL)"
    execute(fresh.writer, run)
    execute(fresh.writer, insert)
    execute(fresh.reader, "SELECT * FROM tags")
    for engine, forbidden in [
        (fresh.reader, "DELETE FROM tags"),
        (fresh.reader, "CREATE TABLE mine (a int)"),
        (fresh.reader, "CREATE TEMPORARY TABLE mine (a int)"),
        (fresh.writer, "CREATE TABLE mine (a int)"),
        (fresh.writer, "DROP TABLE tags"),
        (fresh.writer, "CREATE SCHEMA mine"),
        (fresh.writer, "UPDATE alembic_version SET version_num = 'x'"),
    ]:
        with pytest.raises(ProgrammingError) as caught:
            execute(engine, forbidden)
        assert isinstance(caught.value.orig, psycopg.errors.InsufficientPrivilege), forbidden


def test_rights_hold_for_tables_that_come_later(fresh: Database) -> None:
    migrated(fresh)
    execute(fresh.owner, "CREATE TABLE later (id serial, a int)")
    execute(fresh.writer, "INSERT INTO later (a) VALUES (1)")
    execute(fresh.reader, "SELECT * FROM later")


def test_two_at_a_time_do_it_once(fresh: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(migrated, [fresh, fresh]))
    lines = [line for said in both for line in said]
    assert sum("made database user" in line for line in lines) == 3
    assert sum("migrated schema" in line for line in lines) == 1
    assert sum("nothing to migrate" in line for line in lines) == 1


def test_an_interrupted_one_is_finished_by_the_next(fresh: Database) -> None:
    manifest = _manifest(fresh)

    def die_after_users(line: str) -> None:
        if "terrarium_reader" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(manifest, session=Session(), say=die_after_users)
    assert "migrated schema" in migrated(fresh)[-1]


@pytest.mark.parametrize(
    "killed_before",
    [
        ("DROP TABLE optuna.alembic_version", "DELETE FROM optuna.version_info"),
        ("DROP TABLE optuna.alembic_version",),
        ("DELETE FROM optuna.alembic_version",),
    ],
    ids=["version_info", "alembic_version", "revision"],
)
def test_a_migration_killed_within_optunas_schema_is_completed_by_the_next(
    fresh: Database, killed_before: tuple[str, ...]
) -> None:
    """Optuna makes its tables, its version and its revision in three transactions."""
    migrated(fresh)
    owner, writer = fresh.owner_of("optuna"), fresh.writer_of("optuna")
    for statement in killed_before:
        execute(owner, statement)
    with pytest.raises(SchemaMissingError, match="has no schema for Optuna"):
        open_optuna_storage(writer, fresh.environment)
    assert "made schema optuna" in migrated(fresh)
    open_optuna_storage(writer, fresh.environment).get_all_studies()
    with pytest.raises(ProgrammingError):
        execute(writer, "UPDATE alembic_version SET version_num = 'x'")
    assert "made schema optuna" not in migrated(fresh)
    for engine in (owner, writer):
        engine.dispose()


def test_reports_a_database_without_schema(fresh: Database) -> None:
    migrated(fresh)
    execute(fresh.owner, "DROP SCHEMA mlflow CASCADE")
    with pytest.raises(SchemaMissingError, match=f"terrarium migrate {fresh.environment}"):
        check_schema(fresh.writer, fresh.environment)


def test_reports_and_migrates_an_older_schema_with_its_data(fresh: Database) -> None:
    migrated(fresh)
    execute(fresh.owner, "DROP SCHEMA mlflow CASCADE")
    execute(fresh.owner, "CREATE SCHEMA mlflow")
    upgrade_to(fresh.owner, EARLIER_REVISION)
    execute(
        fresh.owner,
        "INSERT INTO experiments (experiment_id, name, lifecycle_stage) VALUES (7, 'kept', 'active')",
    )
    migrate_line = f"terrarium migrate {fresh.environment}"
    with pytest.raises(SchemaOutdatedError, match=rf"{EARLIER_REVISION}[\s\S]*{migrate_line}"):
        check_schema(fresh.owner, fresh.environment)
    assert f"from {EARLIER_REVISION}" in migrated(fresh)[-1]
    with fresh.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM experiments").scalars().all() == ["kept"]


def test_reports_a_newer_schema_and_does_not_change_it(fresh: Database) -> None:
    migrated(fresh)
    execute(fresh.owner, "UPDATE alembic_version SET version_num = 'fffffffffff0'")
    with pytest.raises(SchemaTooNewError, match="install the SDK that your environment serves"):
        check_schema(fresh.writer, fresh.environment)
    with pytest.raises(SchemaTooNewError, match="fffffffffff0"):
        migrated(fresh)
    assert schema_revision(fresh.owner) == "fffffffffff0"


def test_the_planner_knows_which_values_go_with_which_keys(fresh: Database) -> None:
    migrated(fresh)
    names = "SELECT stxname FROM pg_statistic_ext ORDER BY stxname"
    with fresh.owner.connect() as connection:
        assert list(connection.exec_driver_sql(names).scalars()) == ["params_key_value", "tags_key_value"]
