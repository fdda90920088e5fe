"""Fixtures of a second environment, in another account, that receives models from the SDK's environment."""

import boto3
import pytest

import terrarium
from terrarium.aws import Session
from terrarium.manifest import PlatformManifest
from terrarium.metadata.migration import migrate
from terrarium_sandbox.client.client_environment import client_environment
from terrarium_sandbox.client.pinned_account import PinnedAccount
from terrarium_sandbox.process.running import RunningSandbox
from tests.support.provisioning.environment import Account, new_environment
from tests.support.provisioning.promotion import source_role_arn

__all__ = ["next_account", "target", "target_manifest"]

_NEXT = PinnedAccount(account="210000000002", region="eu-central-1")


@pytest.fixture(scope="session")
def next_account(running: RunningSandbox) -> Account:
    return Account(client_environment(running, _NEXT, checkout=None))


@pytest.fixture(scope="session")
def target_manifest(next_account: Account, provisioned: PlatformManifest) -> PlatformManifest:
    """Environment `next`: wants signatures and approval, and takes models from `sdk`."""
    source = {
        "environment": provisioned.environment,
        "role_arn": source_role_arn(provisioned.environment, provisioned.account),
    }
    registry = {"promotes_from": source, "approval": True, "gates": {"signature": True}}
    with pytest.MonkeyPatch.context() as monkeypatch:
        next_account.enter(monkeypatch)
        manifest = new_environment("next", account=_NEXT.account, registry=registry)
        migrate(manifest, session=Session(), say=lambda _: None)
    return manifest


@pytest.fixture
def target(lab: terrarium.Lab, next_account: Account, target_manifest: PlatformManifest) -> terrarium.Lab:  # noqa: ARG001 - in the sandbox
    """Connect to the second environment with a separate session, in a process of the first account."""
    variables = next_account.variables
    session = boto3.Session(
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=_NEXT.region,
    )
    return terrarium.connect(target_manifest.environment, session=session)
