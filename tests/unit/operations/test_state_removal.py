"""Deletion of the bucket for Terraform's state."""

import json
from typing import Any

import boto3
import pytest

from operations.state_removal import delete_state_bucket
from terrarium.errors import ConflictError

BUCKET = "terrarium-dev-state-111111111111"
EMPTY = {"resources": [{"mode": "data", "type": "aws_partition", "name": "p", "instances": [{}]}]}
HOLDS_A_KEY = {"resources": [{"mode": "managed", "type": "aws_kms_key", "name": "key", "instances": [{}]}]}


@pytest.fixture
def s3(aws: str) -> Any:  # noqa: ARG001 - the account
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return client


def write(s3: Any, state: object, key: str = "terraform.tfstate") -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(state).encode())


def test_it_is_deleted_with_all_versions_of_the_state(s3: Any) -> None:
    write(s3, HOLDS_A_KEY)
    write(s3, EMPTY)
    write(s3, {}, key="terraform.tfstate.tflock")
    s3.delete_object(Bucket=BUCKET, Key="terraform.tfstate.tflock")
    assert delete_state_bucket(s3, BUCKET, environment="dev")
    assert s3.list_buckets()["Buckets"] == []
    assert not delete_state_bucket(s3, BUCKET, environment="dev"), "there is none any more"


def test_it_is_deleted_if_nothing_was_deployed(s3: Any) -> None:
    assert delete_state_bucket(s3, BUCKET, environment="dev")


def test_it_is_kept_while_the_state_has_resources(s3: Any) -> None:
    write(s3, HOLDS_A_KEY)
    with pytest.raises(ConflictError, match=r"1 resources: aws_kms_key\.key(.|\n)*cdktf destroy dev"):
        delete_state_bucket(s3, BUCKET, environment="dev")


def test_it_is_kept_while_the_state_is_locked(s3: Any) -> None:
    write(s3, EMPTY)
    write(s3, {}, key="terraform.tfstate.tflock")
    with pytest.raises(ConflictError, match="locked"):
        delete_state_bucket(s3, BUCKET, environment="dev")


def test_it_is_kept_if_the_state_was_lost(s3: Any) -> None:
    """Its versions bring it back: without them, the environment could not be destroyed."""
    write(s3, HOLDS_A_KEY)
    s3.delete_object(Bucket=BUCKET, Key="terraform.tfstate")
    with pytest.raises(ConflictError, match="was deleted, and the environment may still exist"):
        delete_state_bucket(s3, BUCKET, environment="dev")
