"""The artifact buckets of `dev` and `prod` in a sandbox with IAM enforced."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from policies.verdict import synthesized
from tests.support.artifact_bucket import ROLES, ArtifactBucket
from tests.support.local_sandbox import LocalSandbox
from tests.support.stack_identities import StackIdentities

__all__ = ["bucket", "buckets"]

_ENVIRONMENTS = ("dev", "prod")  # where scientists write, and where they only read
_ISSUER = "token.actions.githubusercontent.com"


@pytest.fixture(scope="session")
def buckets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, ArtifactBucket]]:
    """The buckets of dev and prod, by environment."""
    stacks = {one.name: one for one in synthesized(tmp_path_factory.mktemp("stacks"))}
    sandbox = LocalSandbox(home=tmp_path_factory.mktemp("sandbox"), checkout=Path(__file__).parents[2])
    sandbox.command("up", "--port", "0")
    found = {}
    for name in _ENVIRONMENTS:
        sandbox.client("iam", name).create_open_id_connect_provider(
            Url=f"https://{_ISSUER}", ClientIDList=["sts.amazonaws.com"]
        )
        found[name] = ArtifactBucket.create(StackIdentities.create(stacks[name], sandbox, *ROLES))
    sandbox.command("enforce-iam")
    yield found
    sandbox.command("down")
    sandbox.command("reset", "--yes")


@pytest.fixture(params=_ENVIRONMENTS)
def bucket(request: pytest.FixtureRequest, buckets: Mapping[str, ArtifactBucket]) -> ArtifactBucket:
    """The bucket of each environment in turn."""
    return buckets[request.param]
