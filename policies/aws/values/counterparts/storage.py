"""Counterparts of S3, whose bucket is one resource in CloudFormation and many in Terraform."""

from collections.abc import Mapping

from policies.aws.values.counterparts.counterpart import Counterpart, Renames

__all__ = ["STORAGE"]


def _part(operation: str, *, schema: Renames, api: Renames) -> Counterpart:
    return Counterpart(
        cloudformation="AWS::S3::Bucket",
        operations=(f"s3.{operation}",),
        schema={"bucket": None, **schema},
        api=api,
        part_of="bucket",
    )


_BLOCK = {
    argument: f"PublicAccessBlockConfiguration.{member}"
    for argument, member in {
        "block_public_acls": "BlockPublicAcls",
        "block_public_policy": "BlockPublicPolicy",
        "ignore_public_acls": "IgnorePublicAcls",
        "restrict_public_buckets": "RestrictPublicBuckets",
    }.items()
}

STORAGE: Mapping[str, Counterpart] = {
    "aws_s3_bucket": Counterpart(
        cloudformation="AWS::S3::Bucket",
        operations=("s3.CreateBucket",),
        schema={"bucket": "BucketName"},
        api={"object_lock_enabled": "ObjectLockEnabledForBucket"},
    ),
    "aws_s3_bucket_lifecycle_configuration": _part(
        "PutBucketLifecycleConfiguration",
        schema={
            "rule": "LifecycleConfiguration.Rules",
            "rule.filter": ".",
            "rule.expiration": ".",
            "rule.expiration.days": "ExpirationInDays",
        },
        api={"rule": "LifecycleConfiguration.Rules"},
    ),
    "aws_s3_bucket_logging": Counterpart(
        cloudformation="AWS::S3::Bucket",
        operations=("s3.PutBucketLogging",),
        schema={
            "bucket": None,
            "target_bucket": "LoggingConfiguration.DestinationBucketName",
            "target_prefix": "LoggingConfiguration.LogFilePrefix",
        },
        api={
            "target_bucket": "BucketLoggingStatus.LoggingEnabled.TargetBucket",
            "target_prefix": "BucketLoggingStatus.LoggingEnabled.TargetPrefix",
        },
        part_of="bucket",
    ),
    "aws_s3_bucket_notification": Counterpart(
        cloudformation="AWS::S3::Bucket",
        operations=("s3.PutBucketNotificationConfiguration",),
        schema={
            "bucket": None,
            "eventbridge": "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled",
        },
        api={"eventbridge": None},  # an empty structure there
        constants={"NotificationConfiguration": {}},
        part_of="bucket",
    ),
    "aws_s3_bucket_object_lock_configuration": _part(
        "PutObjectLockConfiguration",
        schema={
            "object_lock_enabled": "ObjectLockConfiguration.ObjectLockEnabled",
            "rule": "ObjectLockConfiguration.Rule",
        },
        api={
            "object_lock_enabled": "ObjectLockConfiguration.ObjectLockEnabled",
            "rule": "ObjectLockConfiguration.Rule",
        },
    ),
    "aws_s3_bucket_ownership_controls": _part(
        "PutBucketOwnershipControls",
        schema={"rule": "OwnershipControls.Rules"},
        api={"rule": "OwnershipControls.Rules"},
    ),
    "aws_s3_bucket_policy": Counterpart(
        cloudformation="AWS::S3::BucketPolicy",
        operations=("s3.PutBucketPolicy",),
        schema={"policy": "PolicyDocument"},
    ),
    "aws_s3_bucket_public_access_block": _part("PutPublicAccessBlock", schema=_BLOCK, api=_BLOCK),
    "aws_s3_bucket_server_side_encryption_configuration": _part(
        "PutBucketEncryption",
        schema={
            "rule": "BucketEncryption.ServerSideEncryptionConfiguration",
            "rule.apply_server_side_encryption_by_default": "ServerSideEncryptionByDefault",
        },
        api={"rule": "ServerSideEncryptionConfiguration.Rules"},
    ),
    "aws_s3_bucket_versioning": _part("PutBucketVersioning", schema={}, api={}),
}
