"""Engines of the metadata database, before there is a database."""

import socket
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from terrarium.aws import Session
from terrarium.errors import CredentialsNotFoundError, EndpointUnreachableError
from terrarium.manifest import PlatformManifest
from terrarium.metadata import Database
from tests.unit.example_manifest import example_manifest


@pytest.fixture
def nobody_listening() -> Iterator[PlatformManifest]:
    with socket.socket() as taken:  # bound, and never listening: nobody else gets the port meanwhile
        taken.bind(("127.0.0.1", 0))
        manifest = example_manifest()
        where = {"host": "127.0.0.1", "reader_host": "127.0.0.1", "port": taken.getsockname()[1]}
        metadata = manifest.metadata.model_copy(update=where)
        yield manifest.model_copy(update={"metadata": metadata})


@pytest.mark.usefixtures("credentials")
def test_a_database_that_does_not_answer_is_named_with_the_way_to_it(
    nobody_listening: PlatformManifest,
) -> None:
    database = Database(nobody_listening, session=Session())
    with pytest.raises(EndpointUnreachableError) as caught:
        database.writer.connect()
    assert f"127.0.0.1:{nobody_listening.metadata.port}" in caught.value.problem
    assert "private subnets" in caught.value.remedy


@pytest.mark.usefixtures("anonymous")
def test_without_credentials_there_is_no_token(
    nobody_listening: PlatformManifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with pytest.raises(CredentialsNotFoundError, match="metadata database of 'dev'"):
        Database(nobody_listening, session=Session()).writer.connect()


@pytest.mark.usefixtures("credentials")
def test_every_user_has_an_engine_of_its_own() -> None:
    database = Database(example_manifest(), session=Session())

    def identity(engine: Engine) -> tuple[str | None, str | None, int | None, str | None]:
        return engine.url.username, engine.url.host, engine.url.port, engine.url.password

    assert identity(database.owner) == ("terrarium_owner", "db.example", 5432, None)
    assert identity(database.writer) == ("terrarium_writer", "db.example", 5432, None)
    assert identity(database.reader) == ("terrarium_reader", "db-ro.example", 5432, None)
