"""`connect` makes one call, and raises a different error for each kind of failure."""

import json
import os
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
import pytest

import terrarium
from terrarium import errors
from tests.unit.conftest import ACCOUNT, REGION
from tests.unit.example_manifest import example_manifest


def deploy(environment: str, value: str | None = None) -> None:
    boto3.client("ssm").put_parameter(
        Name=f"/terrarium/{environment}/manifest",
        Type="SecureString",
        Value=value or example_manifest(environment).model_dump_json(),
    )


@pytest.fixture
def refusing(credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:  # noqa: ARG001 - somebody
    """An AWS that answers every call with the refusal written into this dictionary."""
    refusal: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps({"__type": refusal["code"], "message": "refused"}).encode()
            self.send_response(400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    yield refusal
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("aws")
def test_the_lab_knows_what_was_deployed() -> None:
    deploy("dev")
    lab = terrarium.connect("dev")
    assert lab.manifest == example_manifest("dev")
    assert lab.environment == "dev"
    assert ACCOUNT in repr(lab)


@pytest.mark.usefixtures("aws")
def test_exactly_one_call_is_made() -> None:
    deploy("dev")
    boto3.setup_default_session()
    calls: list[str] = []
    assert boto3.DEFAULT_SESSION is not None
    boto3.DEFAULT_SESSION.events.register("before-call", lambda model, **_: calls.append(model.name))
    terrarium.connect("dev")
    assert calls == ["GetParameter"]


@pytest.mark.usefixtures("aws")
def test_inside_a_job_the_environment_need_not_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    deploy("test")
    monkeypatch.setenv("TERRARIUM_ENVIRONMENT", "test")
    assert terrarium.connect().environment == "test"


@pytest.mark.usefixtures("aws")
def test_elsewhere_it_must_be() -> None:
    with pytest.raises(errors.EnvironmentNotNamedError, match="TERRARIUM_ENVIRONMENT"):
        terrarium.connect()


@pytest.mark.usefixtures("aws")
def test_an_environment_that_is_not_deployed_is_told_with_those_that_are() -> None:
    deploy("test")
    deploy("dev")
    with pytest.raises(errors.EnvironmentNotDeployedError) as caught:
        terrarium.connect("prod")
    for part in ("'prod'", ACCOUNT, REGION, "dev, test", "cdktf deploy prod"):
        assert part in str(caught.value)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("name", ["dev", "De v!"])
def test_nothing_is_deployed_at_all(name: str) -> None:
    with pytest.raises(errors.EnvironmentNotDeployedError, match="no other environment"):
        terrarium.connect(name)


@pytest.mark.usefixtures("anonymous")
def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with pytest.raises(errors.CredentialsNotFoundError, match="terrarium sandbox env"):
        terrarium.connect("dev")


@pytest.mark.usefixtures("credentials")
def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(errors.RegionNotFoundError, match="AWS_DEFAULT_REGION"):
        terrarium.connect("dev")


@pytest.mark.usefixtures("credentials")
def test_the_sandbox_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(errors.EndpointUnreachableError, match="terrarium sandbox up"):
        terrarium.connect("dev")


@pytest.mark.usefixtures("aws")
def test_a_manifest_of_a_newer_version() -> None:
    deploy("dev", json.dumps({"version": 99}))
    with pytest.raises(errors.ManifestTooNewError, match="install the SDK"):
        terrarium.connect("dev")


@pytest.mark.usefixtures("aws")
def test_the_manifest_of_another_environment_is_refused() -> None:
    deploy("dev", example_manifest("prod").model_dump_json())
    with pytest.raises(errors.ManifestMalformedError, match="'prod'"):
        terrarium.connect("dev")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDeniedException", errors.AccessDeniedError),
        ("ExpiredTokenException", errors.CredentialsExpiredError),
        ("UnrecognizedClientException", errors.CredentialsInvalidError),
    ],
)
def test_refusals_of_aws_say_what_to_do(
    code: str, kind: type[terrarium.Error], refusing: dict[str, str]
) -> None:
    refusing["code"] = code
    with pytest.raises(kind, match="read the manifest of environment 'dev'"):
        terrarium.connect("dev")


def test_errors_cross_process_boundaries() -> None:
    error = pickle.loads(pickle.dumps(errors.AccessDeniedError("a problem", remedy="a remedy")))
    assert isinstance(error, errors.AccessDeniedError)
    assert (error.problem, error.remedy) == ("a problem", "a remedy")


def test_importing_terrarium_imports_no_heavy_library() -> None:
    program = "import sys, terrarium; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=dict(os.environ)
    ).stdout.split()
    assert not {"boto3", "botocore", "pydantic", "sqlalchemy", "mlflow", "rich"} & set(modules)
