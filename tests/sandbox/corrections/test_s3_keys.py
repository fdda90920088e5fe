"""Listings of versions return keys with arbitrary characters unchanged."""

import boto3
import pytest

from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]

_KEYS = [
    "plain",
    "a b+c%20",
    "Köln/\N{PARTY POPPER}",
    "\x1b[31mred",
    "nul\0",
    "tab\t",
    "<a>&amp;'\"",
    "carriage\rreturn",
]


@pytest.mark.usefixtures("account")
def test_versions_of_keys_with_any_characters_are_listed(account: Account) -> None:
    del account
    s3 = boto3.client("s3")
    s3.create_bucket(
        Bucket="keys-of-any-kind", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_bucket_versioning(Bucket="keys-of-any-kind", VersioningConfiguration={"Status": "Enabled"})
    for key in _KEYS:
        s3.put_object(Bucket="keys-of-any-kind", Key=f"below/{key}", Body=b"x")
        s3.delete_object(Bucket="keys-of-any-kind", Key=f"below/{key}")
    listed = s3.list_object_versions(Bucket="keys-of-any-kind", Prefix="below/")
    assert {item["Key"] for item in listed["Versions"]} == {f"below/{key}" for key in _KEYS}
    assert {item["Key"] for item in listed["DeleteMarkers"]} == {f"below/{key}" for key in _KEYS}
    assert listed["Prefix"] == "below/"
    grouped = s3.list_object_versions(Bucket="keys-of-any-kind", Prefix="below/K", Delimiter="/")
    assert grouped["CommonPrefixes"] == [{"Prefix": "below/Köln/"}]
