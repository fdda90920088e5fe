"""The previous release's SDK on the database that this release migrates, and the reverse, with real work."""

import json
from pathlib import Path
from typing import Any

import pytest

import terrarium
from terrarium.aws import Session
from terrarium.manifest import PlatformManifest
from terrarium.metadata import Database
from terrarium.metadata.migration import migrate
from tests.sandbox.upgrade.work import read_metadata, write_metadata
from tests.support.previous_release import PREVIOUS_VERSION, PreviousRelease
from tests.support.provisioning.environment import Account, new_environment
from tests.support.trained_run import commit_project, committed

__all__ = ["committed"]
pytest_plugins = ["tests.support.previous_sdk", "tests.support.sdk_environment"]
pytestmark = pytest.mark.usefixtures("account", "committed")  # who and where this process is

WORK = Path(__file__).with_name("work.py")
NAME = "upgraded"


@pytest.fixture(scope="module")
def environment(
    administrator: Account, previous_sdk: PreviousRelease, tmp_path_factory: pytest.TempPathFactory
) -> PlatformManifest:
    """Environment `upgraded`, whose database the previous release migrated."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        administrator.enter(monkeypatch)
        manifest = new_environment("upgraded")
        folder = commit_project(tmp_path_factory.mktemp("project"))
        previous_sdk.run(WORK, manifest.environment, NAME, "migrate", "write-metadata", folder=folder)
    return manifest


@pytest.fixture(scope="module")
def migrated(administrator: Account, environment: PlatformManifest) -> PlatformManifest:
    """The same, after the migration of this release."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        administrator.enter(monkeypatch)
        migrate(environment, session=Session(), say=lambda _: None)
    return environment


def test_the_previous_sdk_is_the_real_one(previous_sdk: PreviousRelease) -> None:
    found = previous_sdk.run("-c", "import terrarium; print(terrarium.__version__, terrarium.__file__)")
    assert found.startswith(f"{PREVIOUS_VERSION} {previous_sdk.environment}")


def test_this_sdk_works_before_the_migration(environment: PlatformManifest) -> None:
    lab = terrarium.connect(environment.environment)
    assert _releases(read_metadata(lab, NAME)) == [PREVIOUS_VERSION]
    write_metadata(lab, NAME)
    assert _releases(read_metadata(lab, NAME)) == [PREVIOUS_VERSION, terrarium.__version__]


def test_the_previous_sdk_works_after_the_migration_and_its_migration_changes_nothing(
    migrated: PlatformManifest, previous_sdk: PreviousRelease, committed: Path
) -> None:
    lab = terrarium.connect(migrated.environment)
    before, schema = read_metadata(lab, NAME), _schema(lab.metadata)
    commands = ("read-metadata", "write-metadata", "migrate", "read-metadata")
    first, last = previous_sdk.run(WORK, migrated.environment, NAME, *commands, folder=committed).splitlines()
    assert json.loads(first) == before
    assert json.loads(last) == read_metadata(lab, NAME)
    assert len(_releases(json.loads(last))) == len(_releases(before)) + 1
    assert _schema(lab.metadata) == schema


def _releases(found: dict[str, Any]) -> list[str]:
    """Return the release of the SDK that recorded each run, after checking that there is a model of each."""
    assert [run for _, run, _ in found["models"]] == [run for run, *_ in found["runs"]]
    assert found["champion"] == len(found["models"])
    return [release for _, _, release, _, _ in found["runs"]]


def _schema(database: Database) -> list[tuple[Any, ...]]:
    """Return every column of every table."""
    columns = "table_schema, table_name, column_name, data_type, is_nullable, column_default"
    with database.owner.connect() as connection:
        found = connection.exec_driver_sql(
            f"SELECT {columns} FROM information_schema.columns "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3"
        )
        return [tuple(row) for row in found]
