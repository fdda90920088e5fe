"""A key, a principal whose grants a test changes, and roles of services."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import boto3

from tests.sandbox.rules.conftest import ACCOUNT
from tests.support.local_sandbox import LocalSandbox

__all__ = ["ACCOUNT", "REGION", "KeyUser", "allow", "document", "key", "role", "via"]

REGION = "eu-central-1"


@dataclass(frozen=True)
class KeyUser:
    """An IAM user with credentials."""

    sandbox: LocalSandbox
    name: str
    access_key_id: str
    secret_access_key: str

    @classmethod
    def create(cls, sandbox: LocalSandbox, name: str) -> "KeyUser":
        """Create the user, without any permission."""
        iam = sandbox.client("iam", "--account", ACCOUNT)
        iam.create_user(UserName=name)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return cls(sandbox, name, made["AccessKeyId"], made["SecretAccessKey"])

    def grant(self, *statements: dict[str, Any]) -> None:
        """Let the user do what the statements say, and nothing else."""
        iam = self.sandbox.client("iam", "--account", ACCOUNT)
        iam.put_user_policy(UserName=self.name, PolicyName="grants", PolicyDocument=document(statements))

    def client(self, service: str) -> Any:
        """Return a client of a service with the user's credentials."""
        session = boto3.Session(
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            region_name=REGION,
        )
        endpoint = self.sandbox.environment("--account", ACCOUNT)["AWS_ENDPOINT_URL"]
        return session.client(service, endpoint_url=endpoint)  # type: ignore[call-overload] # any service


def document(statements: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, **condition: Any) -> dict[str, Any]:
    """Return a statement that allows actions on all resources, under conditions by operator."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {**statement, **({"Condition": condition} if condition else {})}


def via(service: str, *actions: str) -> dict[str, Any]:
    """Return a statement that allows actions through a service."""
    return allow(*actions, StringEquals={"kms:ViaService": f"{service}.{REGION}.amazonaws.com"})


def key(sandbox: LocalSandbox, *statements: dict[str, Any]) -> str:
    """Create a key whose policy has the given statements and delegates to the account's IAM policies."""
    delegation = {
        **allow("kms:*"),
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    }
    kms = sandbox.client("kms", "--account", ACCOUNT)
    arn: str = kms.create_key(Policy=document([delegation, *statements]))["KeyMetadata"]["Arn"]
    return arn


def role(sandbox: LocalSandbox, name: str, service: str, *statements: dict[str, Any]) -> str:
    """Create a role that a service may assume, or replace its grants if it exists."""
    iam = sandbox.client("iam", "--account", ACCOUNT)
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": f"{service}.amazonaws.com"},
    }
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document([trust]))
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="grants", PolicyDocument=document(statements))
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"
