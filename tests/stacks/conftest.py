"""The stacks' tests load the provider's bindings as `python -m stacks` does, before anything imports cdktf."""

from pathlib import Path

import pytest

import cdktf_lean
from environments import Environment, load_environments

cdktf_lean.enable()

from tests.stacks.everything import environment_with_everything  # noqa: E402
from tests.stacks.synthesized import Synthesized, synthesize  # noqa: E402 - imports cdktf


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """Every environment of the kit, synthesized once."""
    return synthesize(load_environments(), tmp_path_factory.mktemp("stacks"))


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment that switches on what no file of the kit does."""
    return environment_with_everything(tmp_path, monkeypatch)
