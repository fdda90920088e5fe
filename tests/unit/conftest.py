"""An AWS of its own for each test: moto, served on loopback, never a patched boto3."""

from collections.abc import Iterator

import boto3
import pytest
import requests

from tests.unit.moto_process import moto_process

REGION = "eu-central-1"
ACCOUNT = "123456789012"  # the account that moto gives to credentials it did not make itself


@pytest.fixture(scope="session")
def _moto_endpoint() -> Iterator[str]:
    with moto_process() as endpoint:
        yield endpoint


@pytest.fixture
def anonymous(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of the machine's own AWS configuration, and no credentials at all."""
    nowhere = tmp_path_factory.mktemp("aws") / "none"
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("TERRARIUM_ENVIRONMENT", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(nowhere))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def credentials(anonymous: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - starts from none
    """Somebody, in a region, with no endpoint yet."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@pytest.fixture
def aws(credentials: None, _moto_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: ARG001 - somebody
    """An empty AWS account on loopback, found by boto3 as a user's would be; the value is its endpoint."""
    requests.post(f"{_moto_endpoint}/moto-api/reset", timeout=10).raise_for_status()
    monkeypatch.setenv("AWS_ENDPOINT_URL", _moto_endpoint)
    return _moto_endpoint
