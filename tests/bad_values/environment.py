"""Fixtures: an environment of this test alone, with one of everything in it, and a pipeline that is deployed."""

import boto3
import pytest

import terrarium
from terrarium.aws import Session
from terrarium.manifest import PlatformManifest, manifest_parameter
from terrarium.metadata.migration import migrate
from tests.bad_values.values import make_bad_files
from tests.bad_values.world import World
from tests.support.provisioning.environment import Account, new_environment
from tests.support.trained_run import committed

__all__ = ["committed", "environment", "world", "worlds"]

_NAME = "bad"


@pytest.fixture(scope="session")
def environment(administrator: Account) -> PlatformManifest:
    """An environment whose manifest names a pipeline, migrated."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        administrator.enter(monkeypatch)
        manifest = new_environment(_NAME)
        pipelines = manifest.pipelines.model_copy(update={"names": (_NAME,)})
        manifest = manifest.model_copy(update={"pipelines_or_none": pipelines})
        boto3.client("ssm").put_parameter(
            Name=manifest_parameter(_NAME),
            Value=manifest.model_dump_json(),
            Overwrite=True,
            Type="SecureString",
        )
        migrate(manifest, session=Session(), say=lambda _: None)
    return manifest


@pytest.fixture(scope="session")
def worlds() -> dict[str, World]:
    """Return the values that were made once, by the name of their environment."""
    return {}


@pytest.fixture
def world(
    account: Account,  # noqa: ARG001 - who we are
    committed: object,  # noqa: ARG001 - where we are
    environment: PlatformManifest,
    worlds: dict[str, World],
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    """One of everything."""
    if _NAME not in worlds:
        files = tmp_path_factory.mktemp("files")
        make_bad_files(files)
        worlds[_NAME] = World.make(terrarium.connect(environment.environment), files)
    return worlds[_NAME]
