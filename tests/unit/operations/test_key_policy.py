"""The statements that the policy of an existing key lacks."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from environments import Environment, load_environment
from operations.key_policy import key_statements, missing_statements
from tests.support.planned_changes import with_changes
from tests.unit.conftest import ACCOUNT, REGION

pytestmark = pytest.mark.usefixtures("aws")
_OWNER = {
    "Sid": "Owner",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/security"},
    "Action": "kms:*",
    "Resource": "*",
}


@pytest.fixture
def config() -> Environment:
    key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    changes = {"account": ACCOUNT, "region": REGION, "encryption.key_arn": key}
    return with_changes(load_environment("dev"), changes)


def lacking(config: Environment, *statements: dict[str, Any]) -> set[str]:
    document = json.dumps({"Version": "2012-10-17", "Statement": [_OWNER, *statements]})
    arn = str(config.encryption.key_arn)
    boto3.client("kms").put_key_policy(KeyId=arn, PolicyName="default", Policy=document)
    return {one.sid for one in missing_statements(config, boto3.Session(region_name=REGION))}


def needed(config: Environment) -> list[dict[str, Any]]:
    return [one.document() for one in key_statements(config)]


def test_a_policy_with_all_statements_lacks_none(config: Environment) -> None:
    assert lacking(config, *needed(config)) == set()


def test_a_policy_without_them_lacks_all(config: Environment) -> None:
    assert lacking(config) == {one["Sid"] for one in needed(config)}


def test_wider_statements_serve(config: Environment) -> None:
    """The account by its id, all actions, no conditions, and several services in one statement."""
    services = sorted(
        {
            service
            for one in needed(config)
            if isinstance(one["Principal"], dict) and "Service" in one["Principal"]
            for service in [one["Principal"]["Service"]]
            for service in ([service] if isinstance(service, str) else service)
        }
    )
    wide = [
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": services}, "Action": ["kms:*"], "Resource": "*"},
    ]
    assert lacking(config, *wide) == {"DisksOfThisAccount"}


Change = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.mark.parametrize(
    "change",
    [
        lambda one: {**one, "Effect": "Deny"},
        lambda one: {**one, "Action": "kms:Describe*"},
        lambda one: {**one, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}},
        lambda one: {**one, "Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}},
    ],
    ids=["denied", "other actions", "other principals", "other conditions"],
)
def test_a_narrower_statement_does_not_serve(config: Environment, change: Change) -> None:
    trail, *others = sorted(needed(config), key=lambda one: one["Sid"] != "AuditTrail")
    assert lacking(config, change(trail), *others) == {"AuditTrail"}
