"""The real stacks, synthesized once, and the isolated tools, set up once."""

import subprocess
from pathlib import Path

import pytest

from policies.stack import Stack
from policies.verdict import synthesized

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """The stacks of the checkout, by environment."""
    return {stack.name: stack for stack in synthesized(tmp_path_factory.mktemp("stacks"))}


@pytest.fixture(scope="session")
def tools() -> None:
    """checkov and cloudsplaining, in their own environment."""
    done = subprocess.run(["make", "policy-tools"], cwd=_ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"the tools cannot be set up here: {done.stderr[-300:]}")
