"""Fixture of the synthesized stacks."""

import pytest

from policies.stack import Stack
from policies.verdict import synthesized


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """The stacks of the checkout, by environment."""
    return {stack.name: stack for stack in synthesized(tmp_path_factory.mktemp("stacks"))}
