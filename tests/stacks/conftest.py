"""Fixtures: the stacks of the checkout, synthesized once."""

from pathlib import Path

import pytest

from environments import Environment, load_environments
from tests.stacks.everything import environment_with_everything
from tests.stacks.synthesized import Synthesized, synthesize


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """The stacks of all committed environments, synthesized once."""
    return synthesize(load_environments(), tmp_path_factory.mktemp("stacks"))


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment with every option that no committed environment uses."""
    return environment_with_everything(tmp_path, monkeypatch)
