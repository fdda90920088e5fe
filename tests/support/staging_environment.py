"""Environment `staging` in addition to a deployed `dev`: account and configuration file, created with boto3."""

import os
from pathlib import Path

import boto3
import pytest

from environments import load_environment
from terrarium.aws import Session
from terrarium.manifest import PlatformManifest
from terrarium.metadata.migration import migrate
from tests.support.local_sandbox import LocalSandbox
from tests.support.provisioning.environment import new_environment

__all__ = ["enter", "staging_environment"]


def enter(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, state: Path) -> None:
    """Be who a shell of these variables is, with nothing kept from before."""
    for name in os.environ.keys() - variables.keys():
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def staging_environment(sandbox: LocalSandbox, dev: PlatformManifest, *, state: Path) -> PlatformManifest:
    """Make it: it takes models from `dev`, by the role that `dev` was deployed with, and asks its own file's gates."""
    config = load_environment("staging")
    registry = {
        "gates": config.registry.gates.model_dump(),
        "approval": config.registry.approval,
        "promotes_from": {
            "environment": config.registry.promotes_from,
            "role_arn": dev.roles.promotion_source_arn,
        },
    }
    with pytest.MonkeyPatch.context() as monkeypatch:
        enter(sandbox.environment("staging"), monkeypatch, state=state)
        manifest = new_environment("staging", account=config.account, registry=registry)
        migrate(manifest, session=Session(), say=lambda _: None)
    return manifest
