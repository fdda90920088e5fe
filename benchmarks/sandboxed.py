"""Temporary environment in its own sandbox, for benchmarks with a real database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import terrarium
from terrarium.aws import Session
from terrarium.metadata.migration import migrate
from terrarium_sandbox.client.client_environment import client_environment
from terrarium_sandbox.home import Home
from terrarium_sandbox.process import lifecycle
from tests.support.provisioning.environment import ACCOUNT, Account, new_environment

__all__ = ["sandboxed_lab"]


@contextmanager
def sandboxed_lab(environment: str = "bench") -> Iterator[terrarium.Lab]:
    """Return a lab of an empty environment, of which this process and its children are administrators."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        home = Home(Path(folder) / "sandbox")
        running = lifecycle.up(home, port=0)
        try:
            Account(client_environment(running, ACCOUNT, checkout=None)).enter(patch)
            patch.setenv("XDG_CACHE_HOME", str(Path(folder) / "cache"))
            patch.setenv("XDG_STATE_HOME", str(Path(folder) / "state"))
            patch.setenv("TERRARIUM_ENVIRONMENT", environment)
            migrate(new_environment(environment), session=Session(), say=lambda _: None)
            yield terrarium.connect(environment)
        finally:
            lifecycle.down(home)
