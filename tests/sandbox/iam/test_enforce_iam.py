"""Enforcement of IAM: switching on and off, and persistence over restarts."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from terrarium.errors import Error
from terrarium_sandbox.ledger import LEDGER
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import as_service, refused

ACCOUNT = "111111111111"


def trust_in(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_policies_count_once_iam_is_enforced_and_until_it_is_not(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    iam = own_sandbox.client("iam")
    iam.create_user(UserName="ada")
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    credentials = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
        "region_name": "eu-central-1",
    }

    def list_tables() -> None:
        endpoint = own_sandbox.environment()["AWS_ENDPOINT_URL"]
        boto3.client("dynamodb", endpoint_url=endpoint, **credentials).list_tables()

    list_tables()
    assert "not enforced" in own_sandbox.command("status").stdout
    own_sandbox.command("enforce-iam")
    with refused("dynamodb:ListTables"):
        list_tables()
    own_sandbox.command("down")
    own_sandbox.command("up", "--port", "0")
    assert "IAM:  enforced" in own_sandbox.command("status").stdout
    with refused("dynamodb:ListTables"):
        list_tables()
    own_sandbox.command("enforce-iam", "--off")
    list_tables()


def test_a_service_enters_a_role_that_trusts_it_and_no_other(sandbox: LocalSandbox) -> None:
    iam = sandbox.client("iam", "dev")
    role = iam.create_role(RoleName="of-tasks", AssumeRolePolicyDocument=trust_in("ecs-tasks.amazonaws.com"))
    arn = role["Role"]["Arn"]
    session = as_service(sandbox, "dev", arn, "ecs-tasks.amazonaws.com")
    identity = session.client("sts").get_caller_identity()
    assert identity["Arn"].startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/of-tasks/ecs-tasks-")
    with pytest.raises(Error, match=r"does not let sagemaker\.amazonaws\.com assume it"):
        as_service(sandbox, "dev", arn, "sagemaker.amazonaws.com")
    iam.delete_role(RoleName="of-tasks")


def test_credentials_that_nobody_stands_behind_are_refused_when_iam_is_enforced(
    own_sandbox: LocalSandbox,
) -> None:
    own_sandbox.command("up", "--port", "0")
    iam = own_sandbox.client("iam", "dev")
    role = iam.create_role(RoleName="gone", AssumeRolePolicyDocument=trust_in("ecs-tasks.amazonaws.com"))
    session = as_service(own_sandbox, "dev", role["Role"]["Arn"], "ecs-tasks.amazonaws.com")
    iam.delete_role(RoleName="gone")
    own_sandbox.command("enforce-iam")
    with pytest.raises(ClientError, match="AccessDenied"):
        session.client("s3").list_buckets()


def test_the_ledger_names_every_type_and_status_counts_them(sandbox: LocalSandbox) -> None:
    printed = sandbox.command("ledger").stdout
    assert all(f"  {kind} " in printed for kind in LEDGER)
    assert "Types of resources: " in sandbox.command("status").stdout
