"""Other users of the machine can neither read from the sandbox nor make it run programs."""

import base64
import json
import os
import stat
import urllib.error
import urllib.parse
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from tests.support.local_sandbox import LocalSandbox
from tests.support.other_user import as_other_user

_ACCOUNT = "222233334444"


def _endpoint(sandbox: LocalSandbox) -> str:
    return sandbox.environment()["AWS_ENDPOINT_URL"]


def _answer(method: str, address: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(address, body, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def _token(**claims: str) -> str:
    parts = ({"alg": "RS256"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2ln"])


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("a.b.c", id="made-up"),
        pytest.param(
            _token(
                iss="https://token.actions.githubusercontent.com",
                aud="sts.amazonaws.com",
                sub="repo:acme/terrarium:environment:staging",
            ),
            id="with-the-right-claims",
        ),
    ],
)
def test_a_web_identity_token_that_the_sandbox_has_not_issued_opens_no_role(
    sandbox: LocalSandbox, token: str
) -> None:
    """The exploit: an unsigned AssumeRoleWithWebIdentity gave credentials, and these ran jobs as root."""
    endpoint = _endpoint(sandbox)
    form = urllib.parse.urlencode(
        {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": f"arn:aws:iam::{_ACCOUNT}:role/anything-at-all",
            "RoleSessionName": "stranger",
            "WebIdentityToken": token,
        }
    ).encode()
    status, answer = as_other_user(lambda: _answer("POST", endpoint, form))
    assert status == 400
    assert "<Code>InvalidIdentityToken</Code>" in answer


def test_unsigned_requests_to_s3_are_refused(sandbox: LocalSandbox) -> None:
    """The exploit: an unsigned PUT replaced pipeline code."""
    s3 = sandbox.client("s3", "--account", _ACCOUNT)
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="code", Key="step.py", Body=b"mine")
    address = f"{_endpoint(sandbox)}/code/step.py"
    for method, body in (("PUT", b"theirs"), ("GET", None), ("DELETE", None)):
        status, answer = as_other_user(partial(_answer, method, address, body))
        assert (status, "<Code>AccessDenied</Code>" in answer) == (403, True), method
    assert s3.get_object(Bucket="code", Key="step.py")["Body"].read() == b"mine"


@pytest.mark.parametrize(
    ("target", "content_type"),
    [
        pytest.param("DynamoDB_20120810.ListTables", "application/x-amz-json-1.0", id="json"),
        pytest.param("", "application/x-www-form-urlencoded", id="query"),
        pytest.param("", "application/json", id="rest"),
    ],
)
def test_unsigned_requests_to_services_are_refused(
    sandbox: LocalSandbox, target: str, content_type: str
) -> None:
    endpoint = f"{_endpoint(sandbox)}/{'v1/describejobqueues' if content_type.endswith('json') else ''}"
    body = b"Action=DescribeVpcs&Version=2016-11-15" if "urlencoded" in content_type else b"{}"
    headers = {"Content-Type": content_type, **({"X-Amz-Target": target} if target else {})}
    status, _ = as_other_user(lambda: _answer("POST", endpoint, body, **headers))
    assert status == 403


def test_the_files_of_the_sandbox_are_its_users_own(sandbox: LocalSandbox) -> None:
    """Credentials are in the state and in the process record: nobody else may read them."""
    sandbox.environment("--account", _ACCOUNT)
    assert stat.S_IMODE(sandbox.home.stat().st_mode) == 0o700
    files = [path for path in Path(sandbox.home).rglob("*") if path.is_file()]
    readable = as_other_user(lambda: [str(file) for file in files if os.access(file, os.R_OK)])
    assert files
    assert readable == []


def test_credentials_differ_from_home_to_home(sandbox: LocalSandbox, own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    secrets = {
        one.environment("--account", _ACCOUNT)["AWS_SECRET_ACCESS_KEY"] for one in (sandbox, own_sandbox)
    }
    assert len(secrets) == 2
