"""Sessions of assumed roles: renewal before they expire, and their region."""

import json
from collections.abc import Iterator

import boto3
import pytest

from terrarium.aws import Session
from tests.support.provisioning.environment import ACCOUNT, Account

pytest_plugins = ["tests.support.sdk_environment"]
pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def role() -> Iterator[str]:
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT.account}, "Action": "sts:AssumeRole"}
    iam = boto3.client("iam")
    iam.create_role(
        RoleName="assumed",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    yield iam.get_role(RoleName="assumed")["Role"]["Arn"]
    iam.delete_role(RoleName="assumed")


def test_credentials_are_renewed_before_they_expire(role: str) -> None:
    # botocore renews credentials in the last 15 minutes of their life: these are in them from the start.
    session = Session().assume_role(role, name="test", seconds=900)
    first, second = session.credentials(), session.credentials()
    assert first.access_key != second.access_key
    assert session.client("sts").get_caller_identity()["Arn"].endswith(":assumed-role/assumed/test")


def test_credentials_that_last_are_not_renewed(role: str) -> None:
    session = Session().assume_role(role, name="test")
    assert session.credentials() == session.credentials()


def test_the_variables_of_the_process_are_those_of_another_principal(role: str, account: Account) -> None:
    session = Session().assume_role(role, name="test")
    assert session.credentials().access_key != account.variables["AWS_ACCESS_KEY_ID"]
    assert session.caller != Session().caller


def test_the_region_is_the_one_that_is_asked_for_or_that_of_who_asks(role: str) -> None:
    assert (
        Session().assume_role(role, name="test", region="eu-west-1").client("ssm").meta.region_name
        == "eu-west-1"
    )
    assert Session().assume_role(role, name="test").client("ssm").meta.region_name == ACCOUNT.region
