"""Rules of STS."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from tests.sandbox.rules.conftest import ACCOUNT, Client
from tests.sandbox.rules.test_iam import trusting
from tests.support.local_sandbox import LocalSandbox
from tests.support.refused_by import refused_by


@pytest.fixture
def role(client: Client) -> str:
    """A role that everybody in the account may assume, for two hours."""
    iam = client("iam")
    arn = f"arn:aws:iam::{ACCOUNT}:role/assumed"
    if "assumed" not in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
        iam.create_role(
            RoleName="assumed",
            AssumeRolePolicyDocument=trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
            MaxSessionDuration=7200,
        )
    return arn


def assume(sts: Any, role: str, seconds: int) -> Mapping[str, str]:
    answer = sts.assume_role(RoleArn=role, RoleSessionName="test", DurationSeconds=seconds)
    return dict(answer["Credentials"])


def test_a_session_lasts_as_long_as_its_role_allows(client: Client, role: str) -> None:
    sts = client("sts")
    assume(sts, role, 7200)
    with refused_by("session-longer-than-its-role-allows"):
        assume(sts, role, 7201)


def test_a_session_that_assumes_another_role_gets_an_hour(
    client: Client, sandbox: LocalSandbox, role: str
) -> None:
    held = assume(client("sts"), role, 3600)
    chained = boto3.client(
        "sts",
        endpoint_url=sandbox.environment("--account", ACCOUNT)["AWS_ENDPOINT_URL"],
        region_name="eu-central-1",
        aws_access_key_id=held["AccessKeyId"],
        aws_secret_access_key=held["SecretAccessKey"],
        aws_session_token=held["SessionToken"],
    )
    assume(chained, role, 3600)
    with refused_by("chained-session-longer-than-an-hour"):
        assume(chained, role, 3601)
