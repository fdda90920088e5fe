"""A sandbox with IAM enforced, for the tests of one file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.local_sandbox import LocalSandbox


@pytest.fixture(scope="module")
def enforcing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSandbox]:
    """A sandbox in which IAM decides about every request of roles."""
    local = LocalSandbox(home=tmp_path_factory.mktemp("iam") / "home", checkout=Path(__file__).parents[3])
    local.command("up", "--port", "0")
    local.command("enforce-iam")
    yield local
    local.command("down")
