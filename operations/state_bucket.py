"""Bucket for the Terraform state of an environment, and its settings."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["Setting", "create_state_bucket", "settings_of_state_bucket"]

_NONCURRENT_VERSION_DAYS = 90
_ABSENT = {
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "ServerSideEncryptionConfigurationNotFoundError",
}


class Setting(NamedTuple):
    """A setting of the bucket: its result as text, a function that checks it, and one that applies it."""

    outcome: str
    holds: Callable[[], bool]
    apply: Callable[[], object]


def create_state_bucket(s3: "S3Client", bucket: str, *, region: str) -> bool:
    """Create the bucket unless the account has it, and return whether it was created."""
    if bucket in {found["Name"] for found in s3.list_buckets()["Buckets"]}:
        return False
    if region == "us-east-1":  # S3 does not accept this region as a constraint
        s3.create_bucket(Bucket=bucket)
    else:
        # The type stubs may lack new regions.
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})  # type: ignore[typeddict-item]
    return True


def settings_of_state_bucket(
    s3: "S3Client", bucket: str, *, arn: str, tags: Mapping[str, str]
) -> tuple[Setting, ...]:
    """Return the settings of a state bucket: old states can be restored, and nobody else can read them."""
    private: Any = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    encryption: Any = {
        "Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
        ]
    }
    lifecycle: Any = {
        "Rules": [
            {
                "ID": "end-noncurrent-versions",
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "NoncurrentVersionExpiration": {"NoncurrentDays": _NONCURRENT_VERSION_DAYS},
            }
        ]
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
    return (
        Setting(
            "versioned",
            lambda: s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled",
            lambda: s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}),
        ),
        Setting(
            "encrypted",
            lambda: _holds(
                encryption,
                lambda: s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"],
            ),
            lambda: s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=encryption),
        ),
        Setting(
            "private",
            lambda: _holds(
                private, lambda: s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
            ),
            lambda: s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=private),
        ),
        Setting(
            "over TLS only",
            lambda: _holds(policy, lambda: json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])),
            lambda: s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy)),
        ),
        Setting(
            "tagged",
            lambda: tags.items() <= _tags(s3, bucket).items(),
            lambda: s3.put_bucket_tagging(
                Bucket=bucket,
                Tagging={
                    "TagSet": [
                        {"Key": key, "Value": value} for key, value in {**_tags(s3, bucket), **tags}.items()
                    ]
                },
            ),
        ),
        Setting(
            f"old states are kept for {_NONCURRENT_VERSION_DAYS} days",
            lambda: _holds(
                lifecycle["Rules"], lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
            ),
            lambda: s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=lifecycle),
        ),
    )


def _tags(s3: "S3Client", bucket: str) -> dict[str, str]:
    try:
        found = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return {}
        raise
    return {tag["Key"]: tag["Value"] for tag in found}


def _holds(wanted: object, read: Callable[[], object]) -> bool:
    try:
        return read() == wanted
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return False
        raise
