"""The stacks' tests load the provider's bindings as `python -m stacks` does, before anything imports cdktf."""

import pytest

import cdktf_lean
from environments import load_environments

cdktf_lean.enable()

from tests.stacks.synthesized import Synthesized, synthesize  # noqa: E402 - imports cdktf


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """Every environment of the kit, synthesized once."""
    return synthesize(load_environments(), tmp_path_factory.mktemp("stacks"))
