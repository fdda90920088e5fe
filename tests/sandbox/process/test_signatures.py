"""Verification of signatures: sender, content and time, or AWS' error."""

import datetime
import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import botocore.auth
import botocore.endpoint
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from terrarium_sandbox.signature.signing_key import sign, signing_key
from tests.support.local_sandbox import LocalSandbox

_REGION = "eu-central-1"
_STREAMING = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"

Caller = Callable[[Any], Any]
CALLS: dict[str, Caller] = {
    "sts": lambda client: client.get_caller_identity(),
    "s3": lambda client: client.list_buckets(),
    "ec2": lambda client: client.describe_vpcs(),
    "batch": lambda client: client.describe_job_queues(),
    "dynamodb": lambda client: client.list_tables(),
}


class _StreamingAuth(S3SigV4Auth):
    """Signs for a body whose chunks are signed each."""

    def payload(self, request: AWSRequest) -> str:  # noqa: ARG002 - botocore's interface
        return _STREAMING


def _client(sandbox: LocalSandbox, service: str, **changed: str) -> Any:
    variables = sandbox.environment()
    keys = {
        "aws_access_key_id": variables["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": variables["AWS_SECRET_ACCESS_KEY"],
        **changed,
    }
    return boto3.client(  # type: ignore[call-overload] # any service
        service,
        region_name=_REGION,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        config=Config(retries={"total_max_attempts": 1}),
        **keys,
    )


def _refusal(sandbox: LocalSandbox, service: str, **changed: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        CALLS[service](_client(sandbox, service, **changed))
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def _credentials(sandbox: LocalSandbox) -> Credentials:
    variables = sandbox.environment()
    return Credentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])


def _send(request: Any, *, body: bytes | None = None) -> tuple[int, str]:
    prepared = request.prepare()
    headers = {
        name: value.decode() if isinstance(value, bytes) else value
        for name, value in prepared.headers.items()
        if name != "Content-Length"  # of the body that is sent, which may be another one
    }
    sent = urllib.request.Request(
        prepared.url, prepared.body if body is None else body, headers, method=prepared.method
    )
    try:
        with urllib.request.urlopen(sent, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="module")
def bucket(sandbox: LocalSandbox) -> str:
    """A bucket in the account of dev."""
    name = "signed-requests"
    _client(sandbox, "s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": _REGION}
    )
    return name


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("sts", "SignatureDoesNotMatch"),
        ("s3", "SignatureDoesNotMatch"),
        ("ec2", "AuthFailure"),
        ("batch", "InvalidSignatureException"),
        ("dynamodb", "InvalidSignatureException"),
    ],
)
def test_a_wrong_secret_is_refused(sandbox: LocalSandbox, service: str, code: str) -> None:
    assert _refusal(sandbox, service, aws_secret_access_key="guessed")[0] == code


def test_a_key_in_use_needs_no_advice_about_its_signature(sandbox: LocalSandbox) -> None:
    _, message = _refusal(sandbox, "sts", aws_secret_access_key="guessed")
    assert message.startswith(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
    )


@pytest.mark.parametrize(
    ("service", "code"),
    [("sts", "InvalidClientTokenId"), ("s3", "InvalidToken"), ("dynamodb", "UnrecognizedClientException")],
)
@pytest.mark.parametrize("token", [None, "guessed"], ids=["no-token", "wrong-token"])
def test_temporary_credentials_are_nothing_without_their_token(
    sandbox: LocalSandbox, service: str, code: str, token: str | None
) -> None:
    session = _client(sandbox, "sts").get_session_token()["Credentials"]
    changed = {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
    }
    if token:
        changed["aws_session_token"] = token
    assert _refusal(sandbox, service, **changed)[0] == code


@pytest.mark.parametrize(
    ("service", "minutes", "code", "message"),
    [
        (
            "sts",
            -6,
            "SignatureDoesNotMatch",
            r"Signature expired: \S+ is now earlier than \S+ \(\S+ - 5 min.\)",
        ),
        ("sts", 6, "SignatureDoesNotMatch", r"Signature not yet current: \S+ is still later than"),
        ("dynamodb", -6, "InvalidSignatureException", "Signature expired"),
        ("ec2", -6, "RequestExpired", "Request has expired"),
        ("s3", -16, "RequestTimeTooSkewed", "The difference between the request time and the current time"),
        ("s3", 16, "RequestTimeTooSkewed", "The difference between the request time and the current time"),
    ],
)
def test_a_clock_that_is_wrong_is_refused(
    sandbox: LocalSandbox,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    minutes: int,
    code: str,
    message: str,
) -> None:
    client = _client(sandbox, service)
    wrong = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: wrong.replace(tzinfo=None))
    with pytest.raises(ClientError, match=message) as caught:
        CALLS[service](client)
    assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(("service", "minutes"), [("sts", -4), ("sts", 4), ("s3", -14)])
def test_a_clock_that_is_nearly_right_is_good_enough(
    sandbox: LocalSandbox, monkeypatch: pytest.MonkeyPatch, service: str, minutes: int
) -> None:
    client = _client(sandbox, service)
    wrong = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: wrong.replace(tzinfo=None))
    assert CALLS[service](client)


def test_another_body_than_the_signed_one_is_refused(sandbox: LocalSandbox, bucket: str) -> None:
    address = f"{sandbox.environment()['AWS_ENDPOINT_URL']}/{bucket}/body"
    request = AWSRequest("PUT", address, data=b"signed", headers={"Content-Type": "text/plain"})
    S3SigV4Auth(_credentials(sandbox), "s3", _REGION).add_auth(request)
    status, answer = _send(request, body=b"forged")
    assert status == 400
    assert "XAmzContentSHA256Mismatch" in answer


def test_another_form_than_the_signed_one_is_refused(sandbox: LocalSandbox) -> None:
    address = sandbox.environment()["AWS_ENDPOINT_URL"] + "/"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = b"Action=DescribeVpcs&Version=2016-11-15"
    request = AWSRequest("POST", address, data=signed, headers=headers)
    SigV4Auth(_credentials(sandbox), "sts", _REGION).add_auth(request)
    status, answer = _send(request, body=b"Action=DescribeVpns&Version=2016-11-15")
    assert (status, "SignatureDoesNotMatch" in answer) == (403, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("Key=", "Kex=", id="header"),
        pytest.param("/signed", "/forged", id="path"),
        pytest.param("list-type=2", "list-type=1", id="query"),
    ],
)
def test_another_request_than_the_signed_one_is_refused(
    sandbox: LocalSandbox, bucket: str, old: str, new: str
) -> None:
    address = f"{sandbox.environment()['AWS_ENDPOINT_URL']}/{bucket}/signed?list-type=2"
    request = AWSRequest("GET", address, headers={"X-Amz-Meta-Note": "Key="})
    S3SigV4Auth(_credentials(sandbox), "s3", _REGION).add_auth(request)
    request.url = str(request.url).replace(old, new)
    request.headers.replace_header("X-Amz-Meta-Note", request.headers["X-Amz-Meta-Note"].replace(old, new))
    status, answer = _send(request)
    assert (status, "SignatureDoesNotMatch" in answer) == (403, True)


def test_a_second_credential_in_the_header_is_refused(sandbox: LocalSandbox) -> None:
    """A request that is signed by one key must not be answered as another's."""
    address = sandbox.environment()["AWS_ENDPOINT_URL"] + "/"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    request = AWSRequest("POST", address, data=body, headers=headers)
    SigV4Auth(_credentials(sandbox), "sts", _REGION).add_auth(request)
    other = sandbox.environment("--account", "222233334444")["AWS_ACCESS_KEY_ID"]
    date = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d")
    credential = f"Credential={other}/{date}/{_REGION}/sts/aws4_request, "
    algorithm, _, rest = request.headers["Authorization"].partition(" ")
    request.headers.replace_header("Authorization", f"{algorithm} {credential}{rest}")
    assert _send(request)[0] == 400


@pytest.mark.parametrize(
    "key", ["plain", "with space/and+plus", "ünïcode/key", "a=b&c?d", "tilde~(1)!'*", "per%20cent"]
)
def test_keys_with_special_characters_are_signed_by_boto3(
    sandbox: LocalSandbox, bucket: str, key: str
) -> None:
    s3 = _client(sandbox, "s3")
    s3.put_object(Bucket=bucket, Key=key, Body=b"1", Metadata={"note": "two  spaces"})
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"1"
    found = s3.list_objects_v2(Bucket=bucket, Prefix=key, Delimiter="//")
    assert [one["Key"] for one in found["Contents"]] == [key]


def test_a_presigned_url_is_refused_once_it_is_expired(
    sandbox: LocalSandbox, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = _client(sandbox, "s3")
    earlier = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=2)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: earlier.replace(tzinfo=None))
    address = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket}, ExpiresIn=60)
    status, answer = _send(AWSRequest("GET", address))
    assert status == 403
    assert "<Code>AccessDenied</Code><Message>Request has expired" in answer


def test_a_presigned_url_is_good_for_nothing_else(sandbox: LocalSandbox, bucket: str) -> None:
    address = _client(sandbox, "s3").generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "a"}
    )
    status, answer = _send(AWSRequest("GET", address.replace("/a?", "/b?")))
    assert (status, "SignatureDoesNotMatch" in answer) == (403, True)


def test_a_presigned_url_of_another_service_is_verified(sandbox: LocalSandbox) -> None:
    address = f"{sandbox.environment()['AWS_ENDPOINT_URL']}/?Action=GetCallerIdentity&Version=2011-06-15"
    request: Any = AWSRequest("GET", address)
    SigV4QueryAuth(_credentials(sandbox), "sts", _REGION, expires=60).add_auth(request)
    assert _send(request)[0] == 200
    request.url = str(request.url).replace("GetCallerIdentity", "GetSessionTokens")
    assert _send(request)[0] == 403


def test_signature_version_2_is_refused(sandbox: LocalSandbox, bucket: str) -> None:
    """S3 takes it for no bucket that was made after June 24, 2020 (Amazon S3 User Guide, "Signature Version 2")."""
    variables = sandbox.environment()
    address = f"{variables['AWS_ENDPOINT_URL']}/{bucket}/a?AWSAccessKeyId={variables['AWS_ACCESS_KEY_ID']}"
    status, answer = _send(AWSRequest("GET", f"{address}&Expires=9999999999&Signature=x"))
    assert status == 400
    assert "Please use AWS4-HMAC-SHA256" in answer


@pytest.mark.parametrize(("forge", "status"), [(False, 200), (True, 403)], ids=["signed", "forged"])
def test_the_chunks_of_a_streamed_body_are_verified(
    sandbox: LocalSandbox, bucket: str, *, forge: bool, status: int
) -> None:
    content = [b"x" * 65536, b"y" * 1000, b""]
    credentials = _credentials(sandbox)
    address = f"{sandbox.environment()['AWS_ENDPOINT_URL']}/{bucket}/streamed"
    length = str(sum(map(len, content)))
    headers = {
        "Content-Encoding": "aws-chunked",
        "Content-Type": "application/octet-stream",
        "X-Amz-Decoded-Content-Length": length,
    }
    request = AWSRequest("PUT", address, headers=headers)
    auth = _StreamingAuth(credentials, "s3", _REGION)
    auth.add_auth(request)
    previous = request.headers["Authorization"].rpartition("Signature=")[2]
    stamp = request.context["timestamp"]
    scope = f"{stamp[:8]}/{_REGION}/s3/aws4_request"
    key = signing_key(credentials.secret_key, scope)
    body = b""
    for chunk in content:
        hashes = [hashlib.sha256(part).hexdigest() for part in (b"", chunk)]
        previous = sign(key, "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", stamp, scope, previous, *hashes]))
        body += f"{len(chunk):x};chunk-signature={previous}\r\n".encode() + chunk + b"\r\n"
    if forge:
        body = body.replace(b"y" * 1000, b"z" * 1000)
    assert _send(request, body=body)[0] == status
    if not forge:
        found = _client(sandbox, "s3").get_object(Bucket=bucket, Key="streamed")["Body"].read()
        assert found == b"".join(content)


@pytest.mark.parametrize(
    "host",
    ["localhost.evil.example", "127.0.0.1.nip.io", "evil.example", "sts.amazonaws.com", "10.0.0.1", ""],
)
@pytest.mark.parametrize("path", ["/", "/_terrarium/health"])
def test_a_host_that_is_not_this_machine_is_refused(sandbox: LocalSandbox, host: str, path: str) -> None:
    """DNS rebinding: a web page whose own name resolves to 127.0.0.1 asks in that name, without an Origin."""
    address = sandbox.environment()["AWS_ENDPOINT_URL"] + path
    request = urllib.request.Request(address, headers={"Host": host})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403
    assert "localhost and 127.0.0.1 only" in refused.value.read().decode()


def test_a_bucket_in_the_host_name_is_answered(sandbox: LocalSandbox, bucket: str) -> None:
    port = sandbox.environment()["AWS_ENDPOINT_URL"].rpartition(":")[2]
    variables = sandbox.environment()
    s3 = boto3.client(
        "s3",
        region_name=_REGION,
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        endpoint_url=f"http://localhost:{port}",
    )
    s3.put_object(Bucket=bucket, Key="by-host", Body=b"1")
    request = AWSRequest("GET", f"http://{bucket}.localhost:{port}/by-host")
    S3SigV4Auth(_credentials(sandbox), "s3", _REGION).add_auth(request)
    request.headers["Host"] = f"{bucket}.localhost:{port}"
    request.url = f"http://127.0.0.1:{port}/by-host"
    assert _send(request) == (200, "1")
