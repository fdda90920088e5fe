"""Accounts are separate: requests need an access key that exists."""

import json
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox

_ACCOUNT = "222233334444"
_OTHER = "555566667777"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{_OTHER}:root"}}
    ],
}


def _account_of(sandbox: LocalSandbox, credentials: dict[str, Any]) -> Any:
    sts = boto3.client(
        "sts",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name="eu-central-1",
        endpoint_url=sandbox.environment()["AWS_ENDPOINT_URL"],
    )
    return sts.get_caller_identity()["Account"]


def _code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_an_environment_is_in_the_account_and_region_that_its_file_pins(sandbox: LocalSandbox) -> None:
    assert sandbox.client("sts").get_caller_identity()["Account"] == "111111111111"
    assert (
        sandbox.environment()["AWS_REGION"] == sandbox.environment()["AWS_DEFAULT_REGION"] == "eu-central-1"
    )


def test_the_administrator_exists_and_is_the_same_each_time(sandbox: LocalSandbox) -> None:
    key = sandbox.environment("--account", _ACCOUNT)["AWS_ACCESS_KEY_ID"]
    keys = sandbox.client("iam", "--account", _ACCOUNT).list_access_keys()["AccessKeyMetadata"]
    assert [found["AccessKeyId"] for found in keys] == [key]
    assert sandbox.environment("dev", "--account", _ACCOUNT)["AWS_ACCESS_KEY_ID"] == key


def test_an_account_cannot_see_resources_of_another(sandbox: LocalSandbox) -> None:
    sandbox.client("ssm", "--account", _ACCOUNT).put_parameter(Name="/mine", Value="1", Type="String")
    with pytest.raises(ClientError) as refused:
        sandbox.client("ssm", "--account", _OTHER).get_parameter(Name="/mine")
    assert _code(refused) == "ParameterNotFound"


def test_temporary_credentials_belong_to_the_account_of_the_role(sandbox: LocalSandbox) -> None:
    role = sandbox.client("iam", "--account", _ACCOUNT).create_role(
        RoleName="visited", AssumeRolePolicyDocument=json.dumps(_TRUST)
    )["Role"]["Arn"]
    visitor = sandbox.client("sts", "--account", _OTHER)
    assumed = visitor.assume_role(RoleArn=role, RoleSessionName="visit")["Credentials"]
    assert _account_of(sandbox, assumed) == _ACCOUNT


def test_session_tokens_belong_to_the_account_that_asked_for_them(sandbox: LocalSandbox) -> None:
    session = sandbox.client("sts", "--account", _OTHER).get_session_token()["Credentials"]
    assert _account_of(sandbox, session) == _OTHER


def test_a_presigned_address_needs_no_header(sandbox: LocalSandbox) -> None:
    s3 = sandbox.client("s3", "--account", _OTHER)
    s3.create_bucket(Bucket="presigned", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    address = s3.generate_presigned_url("put_object", Params={"Bucket": "presigned", "Key": "a"})
    headers = {"Content-Type": "application/octet-stream"}
    with urllib.request.urlopen(urllib.request.Request(address, b"body", headers, method="PUT")):
        assert s3.get_object(Bucket="presigned", Key="a")["Body"].read() == b"body"


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("batch", "describe_job_queues", "UnrecognizedClientException"),
    ],
)
def test_an_access_key_that_nobody_issued_is_refused(
    sandbox: LocalSandbox, service: str, call: str, code: str
) -> None:
    stranger = boto3.client(  # type: ignore[call-overload] # any service
        service,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="made-up",
        region_name="eu-central-1",
        endpoint_url=sandbox.environment()["AWS_ENDPOINT_URL"],
    )
    with pytest.raises(ClientError) as refused:
        getattr(stranger, call)()
    assert _code(refused) == code
    assert "terrarium sandbox env" in str(refused.value)


def test_who_does_not_sign_is_refused(sandbox: LocalSandbox) -> None:
    anybody = boto3.client(
        "sqs",
        config=Config(signature_version=UNSIGNED),
        region_name="eu-central-1",
        endpoint_url=f"{sandbox.environment()['AWS_ENDPOINT_URL']}/sqs_eu-central-1/",
    )
    with pytest.raises(ClientError, match="MissingAuthenticationToken"):
        anybody.list_queues()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        pytest.param("/", {"Origin": "https://example.com"}, 403, id="a web page asks for anything"),
        pytest.param(f"/_terrarium/accounts/{_ACCOUNT}", {}, 401, id="without a token"),
        pytest.param(
            f"/_terrarium/accounts/{_ACCOUNT}",
            {"Authorization": "Bearer guessed"},
            401,
            id="with a wrong token",
        ),
        pytest.param("/moto-api/reset", {}, 403, id="past the data planes"),
    ],
)
def test_refuses_requests_of_web_pages_and_other_users(
    sandbox: LocalSandbox, path: str, headers: dict[str, str], status: int
) -> None:
    """Services run programs: a web page or another user of the machine must not make them."""
    address = f"{sandbox.environment()['AWS_ENDPOINT_URL']}{path}"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(address, data=b"", headers=headers))
    assert refused.value.code == status
