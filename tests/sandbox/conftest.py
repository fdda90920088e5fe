"""One sandbox for the whole session, and empty ones for the tests that stop, kill or spoil theirs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.deployment import Deployment
from tests.sandbox.local_sandbox import LocalSandbox

_CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSandbox]:
    """The session's sandbox: up, on a free port."""
    local = LocalSandbox(home=tmp_path_factory.mktemp("sandbox"), checkout=_CHECKOUT)
    local.command("up", "--port", "0")
    yield local
    local.command("down")
    local.command("reset", "--yes")


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[LocalSandbox]:
    """An empty sandbox for one test, not up yet."""
    local = LocalSandbox(home=tmp_path / "home", checkout=_CHECKOUT)
    yield local
    local.command("down", check=False)


@pytest.fixture(scope="session")
def dev(sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Environment `dev`, deployed once: bootstrapped, by the real cdktf and Terraform, and migrated."""
    deployment = Deployment(sandbox, "dev", tmp_path_factory.mktemp("cdktf.out"))
    deployment.terrarium("bootstrap", "dev")
    deployment.deploy()
    deployment.terrarium("migrate", "dev")
    return deployment
