"""Fixtures: one sandbox for the session, and empty ones for tests that stop, kill or damage theirs."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from environments import environment_names
from terrarium.manifest import PlatformManifest, manifest_parameter, parse_manifest
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox

_CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSandbox]:
    """The session's sandbox: up, on a free port."""
    yield from _running(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[LocalSandbox]:
    """An empty sandbox for one test, not up yet."""
    local = LocalSandbox(home=tmp_path / "home", checkout=_CHECKOUT)
    yield local
    local.command("down", check=False)


@pytest.fixture(scope="session")
def dev(sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Environment `dev`, deployed once: bootstrapped, by the real cdktf and Terraform, with its image, and migrated."""
    deployment = Deployment(sandbox, "dev", tmp_path_factory.mktemp("cdktf.out"))
    deployment.terrarium("bootstrap", "dev")
    deployment.deploy()
    deployment.terrarium("images", "push", "dev")
    deployment.terrarium("migrate", "dev")
    return deployment


@pytest.fixture(scope="session")
def everywhere_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSandbox]:
    """The sandbox of `everywhere`: one of its own, since IAM is enforced in it for a while."""
    yield from _running(tmp_path_factory.mktemp("everywhere"))


@pytest.fixture(scope="session")
def everywhere(
    everywhere_sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Deployment]:
    """Every environment, each in its own account of one sandbox, deployed at once."""

    def deploy(name: str) -> Deployment:
        deployment = Deployment(everywhere_sandbox, name, tmp_path_factory.mktemp("cdktf.out"))
        deployment.terrarium("bootstrap", name)
        deployment.deploy()
        deployment.terrarium("images", "push", name)
        return deployment

    names = environment_names()
    with ThreadPoolExecutor() as pool:
        return dict(zip(names, pool.map(deploy, names), strict=True))


@pytest.fixture(scope="module")
def enforced(
    everywhere: Mapping[str, Deployment], everywhere_sandbox: LocalSandbox
) -> Iterator[Mapping[str, PlatformManifest]]:
    """Yield the manifests of all environments, while IAM is enforced."""
    manifests = {}
    for name in everywhere:
        parameter = manifest_parameter(name)
        found = everywhere_sandbox.client("ssm", name).get_parameter(Name=parameter, WithDecryption=True)
        manifests[name] = parse_manifest(found["Parameter"]["Value"], source=parameter)
    everywhere_sandbox.command("enforce-iam")
    yield manifests
    everywhere_sandbox.command("enforce-iam", "--off")


def _running(home: Path) -> Iterator[LocalSandbox]:
    local = LocalSandbox(home=home, checkout=_CHECKOUT)
    local.command("up", "--port", "0")
    yield local
    local.command("down")
    local.command("reset", "--yes")
