"""`connect` in an environment of the sandbox."""

import boto3
import pytest

import terrarium
from terrarium.errors import CredentialsInvalidError, EnvironmentNotDeployedError
from terrarium.manifest import PlatformManifest
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]


def test_the_lab_has_the_provisioned_manifest(lab: terrarium.Lab, provisioned: PlatformManifest) -> None:
    assert lab.manifest == provisioned


def test_the_error_of_an_unknown_environment_lists_the_deployed_ones(lab: terrarium.Lab) -> None:  # noqa: ARG001 - one that is deployed
    with pytest.raises(
        EnvironmentNotDeployedError, match=r"'prod' .* 210000000001, .*; deployed there: .*\bsdk\b"
    ):
        terrarium.connect("prod")


def test_made_up_credentials_are_refused(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - the endpoint
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMADEUPMADEUPMADE")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with pytest.raises(CredentialsInvalidError):
        terrarium.connect("sdk")
