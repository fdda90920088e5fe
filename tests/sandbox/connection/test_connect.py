"""`connect` in an environment of the sandbox."""

import boto3
import pytest
from sqlalchemy import Engine, QueuePool

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


def test_a_lab_of_a_newer_default_session_closes_the_idle_database_connections_of_the_previous_one(
    lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = lab.metadata.writer, lab.metadata.reader
    used = writer.connect()
    with reader.connect():
        pass
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    newer = terrarium.connect(lab.environment)
    assert newer.connection is not lab.connection
    assert (_idle(reader), used.exec_driver_sql("SELECT 1").scalar()) == (0, 1)
    used.close()
    with reader.connect() as opened:
        assert opened.exec_driver_sql("SELECT 1").scalar() == 1


def _idle(engine: Engine) -> int:
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedin()
