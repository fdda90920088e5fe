"""Fixtures of the SDK's tests: an account in the sandbox, and an environment in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import terrarium
from terrarium.aws import Session
from terrarium.manifest import PlatformManifest
from terrarium.metadata.migration import migrate
from terrarium.record.features_read import features_read
from terrarium_sandbox.client.client_environment import client_environment
from terrarium_sandbox.home import Home
from terrarium_sandbox.process import lifecycle
from terrarium_sandbox.process.running import RunningSandbox
from tests.support.provisioning.environment import ACCOUNT, Account, new_environment

__all__ = ["account", "administrator", "lab", "provisioned", "running"]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    home = Home(tmp_path_factory.mktemp("sandbox"))
    yield lifecycle.up(home, port=0)
    lifecycle.down(home)


@pytest.fixture(scope="session")
def administrator(running: RunningSandbox) -> Account:
    """The SDK's own account in the sandbox."""
    return Account(client_environment(running, ACCOUNT, checkout=None))


@pytest.fixture
def account(administrator: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Account:
    """This process is the administrator of the SDK's own account; nothing is cached from before."""
    administrator.enter(monkeypatch)
    features_read.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return administrator


@pytest.fixture(scope="session")
def provisioned(administrator: Account) -> PlatformManifest:
    """Environment `sdk`: bucket, database, manifest, migrated."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        administrator.enter(monkeypatch)
        manifest = new_environment("sdk")
        migrate(manifest, session=Session(), say=lambda _: None)
    return manifest


@pytest.fixture
def lab(account: Account, provisioned: PlatformManifest) -> terrarium.Lab:  # noqa: ARG001 - who we are
    return terrarium.connect(provisioned.environment)
