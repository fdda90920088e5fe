"""Errors in S3 responses with status 200: temporary ones are retried, others are raised."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from terrarium.errors import AccessDeniedError
from terrarium.gc import deletion
from terrarium.gc.deletion import delete_versions
from terrarium.gc.errors import DeletionIncompleteError

KEYS: list[dict[str, str]] = [{"Key": f"k{n}", "VersionId": f"v{n}"} for n in range(2)]


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """A client with given answers, and no pauses."""
    monkeypatch.setattr(deletion, "_PAUSES", (0, 0))
    client = boto3.client("s3", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def expect(s3: Stubber, sent: list[dict[str, str]], *errors: dict[str, str]) -> None:
    request = {"Bucket": "bucket", "Delete": {"Objects": sent, "Quiet": True}}
    s3.add_response("delete_objects", {"Errors": list(errors)}, request)


def error(key: dict[str, str], code: str) -> dict[str, str]:
    return {**key, "Code": code, "Message": "why"}


def delete(s3: Stubber, keys: list[Any]) -> None:
    client: Any = s3.client
    delete_versions(client, "bucket", keys)


def test_successful_deletion_raises_no_error(s3: Stubber) -> None:
    expect(s3, KEYS)
    delete(s3, KEYS)


def test_retries_only_versions_with_temporary_errors(s3: Stubber) -> None:
    expect(s3, KEYS, error(KEYS[1], "SlowDown"))
    expect(s3, KEYS[1:])
    delete(s3, KEYS)


def test_raises_a_temporary_error_that_persists(s3: Stubber) -> None:
    for _ in range(3):
        expect(s3, KEYS[:1], error(KEYS[0], "InternalError"))
    with pytest.raises(DeletionIncompleteError, match=r"k0 .*InternalError"):
        delete(s3, KEYS[:1])


def test_raises_a_denial_without_a_retry(s3: Stubber) -> None:
    expect(s3, KEYS, error(KEYS[0], "AccessDenied"))
    with pytest.raises(AccessDeniedError, match="administrator"):
        delete(s3, KEYS)


def test_deletes_a_thousand_versions_per_request(s3: Stubber) -> None:
    many = [{"Key": f"k{n}", "VersionId": "v"} for n in range(1001)]
    expect(s3, many[:1000])
    expect(s3, many[1000:])
    delete(s3, many)
