"""Rules of S3."""

import base64
import hashlib
import json
import zlib
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.rules.conftest import ACCOUNT, Client
from tests.support.refused_by import refused_by

_BUCKET = "rules-of-s3"


@pytest.fixture
def s3(client: Client) -> Any:
    """A client, and the bucket."""
    s3 = client("s3")
    if _BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(
            Bucket=_BUCKET,
            CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
            ObjectOwnership="BucketOwnerEnforced",
        )
    return s3


def encoded(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def policy(**statement: Any) -> str:
    base = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "s3:GetObject"}
    whole = {**base, "Resource": f"arn:aws:s3:::{_BUCKET}/*", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [{k: v for k, v in whole.items() if v}]})


@pytest.mark.parametrize(
    ("header", "right", "wrong"),
    [
        ("ContentMD5", hashlib.md5(b"body").digest(), hashlib.md5(b"other").digest()),
        ("ChecksumCRC32", zlib.crc32(b"body").to_bytes(4, "big"), bytes(4)),
        ("ChecksumSHA1", hashlib.sha1(b"body").digest(), bytes(20)),
        ("ChecksumSHA256", hashlib.sha256(b"body").digest(), bytes(32)),
    ],
)
def test_a_body_that_does_not_have_its_checksum_is_not_stored(
    s3: Any, header: str, right: bytes, wrong: bytes
) -> None:
    s3.put_object(Bucket=_BUCKET, Key=header, Body=b"body", **{header: encoded(right)})
    with refused_by("body-must-have-its-checksum"):
        s3.put_object(Bucket=_BUCKET, Key=header, Body=b"body", **{header: encoded(wrong)})
    assert s3.get_object(Bucket=_BUCKET, Key=header)["Body"].read() == b"body"


def test_a_part_that_does_not_have_its_checksum_is_not_stored(s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket=_BUCKET, Key="parts")["UploadId"]
    with refused_by("body-must-have-its-checksum"):
        s3.upload_part(
            Bucket=_BUCKET, Key="parts", UploadId=upload, PartNumber=1, Body=b"x", ChecksumCRC32="AAAAAA=="
        )


def test_acls_are_refused_where_the_bucket_owner_is_enforced(s3: Any) -> None:
    with refused_by("acl-where-the-bucket-owner-is-enforced"):
        s3.put_bucket_acl(Bucket=_BUCKET, ACL="public-read")
    with refused_by("acl-where-the-bucket-owner-is-enforced"):
        s3.put_object(Bucket=_BUCKET, Key="public", Body=b"x", ACL="public-read")
    s3.put_object(Bucket=_BUCKET, Key="owned", Body=b"x", ACL="bucket-owner-full-control")


@pytest.mark.parametrize("resource", ["arn:aws:s3:::other/*", f"arn:aws:s3:::{_BUCKET}2"])
def test_a_bucket_policy_is_about_its_bucket(s3: Any, resource: str) -> None:
    with refused_by("bucket-policy-names-its-bucket"):
        s3.put_bucket_policy(Bucket=_BUCKET, Policy=policy(Resource=resource))


def test_a_bucket_policy_is_json_with_principals_that_exist(s3: Any) -> None:
    with refused_by("bucket-policy-is-json"):
        s3.put_bucket_policy(Bucket=_BUCKET, Policy="{")
    with refused_by("bucket-policy-has-principals"):
        s3.put_bucket_policy(Bucket=_BUCKET, Policy=policy(Principal=None))
    nobody = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/nobody"}
    with refused_by("bucket-policy-principals-must-exist"):
        s3.put_bucket_policy(Bucket=_BUCKET, Policy=policy(Principal=nobody))
    arn = f"arn:aws:s3:::{_BUCKET}"
    s3.put_bucket_policy(Bucket=_BUCKET, Policy=policy(Resource=[arn, f"{arn}/a/*"]))
    s3.delete_bucket_policy(Bucket=_BUCKET)


def test_a_public_policy_is_blocked_where_it_is_to_be(s3: Any) -> None:
    block = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    s3.put_public_access_block(Bucket=_BUCKET, PublicAccessBlockConfiguration=block)
    with refused_by("public-bucket-policy-is-blocked"):
        s3.put_bucket_policy(Bucket=_BUCKET, Policy=policy(Principal="*"))
    s3.put_bucket_policy(Bucket=_BUCKET, Policy=policy(Principal="*", Effect="Deny"))
    s3.delete_bucket_policy(Bucket=_BUCKET)


def test_the_versioning_of_a_locked_bucket_stays(s3: Any) -> None:
    s3.create_bucket(
        Bucket="rules-locked",
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        ObjectLockEnabledForBucket=True,
    )
    s3.put_bucket_versioning(Bucket="rules-locked", VersioningConfiguration={"Status": "Enabled"})
    with refused_by("versioning-of-a-locked-bucket"):
        s3.put_bucket_versioning(Bucket="rules-locked", VersioningConfiguration={"Status": "Suspended"})


def test_a_versioned_bucket_with_objects_can_be_locked_later_and_only_later_objects_are(s3: Any) -> None:
    """Amazon S3 User Guide, "Enable Object Lock on an existing S3 bucket"."""
    bucket = "rules-locked-later"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    lock = {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
    }
    with pytest.raises(ClientError, match=r"InvalidBucketState.*Versioning must be 'Enabled'"):
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="earlier", Body=b"x")
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)
    s3.put_object(Bucket=bucket, Key="later", Body=b"x")
    assert "ObjectLockMode" not in s3.head_object(Bucket=bucket, Key="earlier")
    assert s3.head_object(Bucket=bucket, Key="later")["ObjectLockMode"] == "GOVERNANCE"
    version = s3.head_object(Bucket=bucket, Key="later")["VersionId"]
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key="later", VersionId=version)
    with refused_by("versioning-of-a-locked-bucket"):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def test_a_bucket_has_at_most_50_tags(s3: Any) -> None:
    tags = [{"Key": f"tag-{number}", "Value": ""} for number in range(51)]
    s3.put_bucket_tagging(Bucket=_BUCKET, Tagging={"TagSet": tags[:50]})
    with refused_by("bucket-tag-count"):
        s3.put_bucket_tagging(Bucket=_BUCKET, Tagging={"TagSet": tags})


def test_keys_and_metadata_have_sizes(s3: Any) -> None:
    s3.put_object(Bucket=_BUCKET, Key="k" * 1024, Body=b"", Metadata={"a": "x" * 2047})
    with refused_by("object-key-length"):
        s3.put_object(Bucket=_BUCKET, Key="ä" * 513, Body=b"")
    with refused_by("object-metadata-size"):
        s3.put_object(Bucket=_BUCKET, Key="k", Body=b"", Metadata={"a": "x" * 2048})


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"Division": "R&D"}, "TagValue"),
        ({"a;b": "1"}, "TagKey"),
        ({"k" * 129: "1"}, "TagKey"),
        ({"aws:x": "1"}, "System tags"),
    ],
)
def test_tags_of_buckets_have_a_format(s3: Any, tags: dict[str, str], message: str) -> None:
    given = [{"Key": key, "Value": value} for key, value in tags.items()]
    with refused_by("bucket-tag-format", message=message):
        s3.put_bucket_tagging(Bucket=_BUCKET, Tagging={"TagSet": given})
    s3.put_bucket_tagging(Bucket=_BUCKET, Tagging={"TagSet": [{"Key": "Größe 1", "Value": "a:b@c"}]})
