"""Access logs of S3 buckets, in a bucket that the company has."""

from cdktf_cdktf_provider_aws.s3_bucket_logging import S3BucketLoggingA
from constructs import Construct

from modules.bucket import Bucket

__all__ = ["log_accesses"]


def log_accesses(stack: Construct, *, bucket: str | None) -> None:
    """Let S3 write the access logs of every bucket of the stack to `bucket`, below the name of the bucket.

    S3 requires that `bucket` belongs to the same account and region. Its policy must admit
    `logging.s3.amazonaws.com`. Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging".

    Args:
        stack: The stack.
        bucket: The name of the bucket; None for no access logs.
    """
    if bucket is None:
        return
    for logged in [one for one in stack.node.find_all() if isinstance(one, Bucket)]:
        S3BucketLoggingA(
            logged,
            "access-logs",
            bucket=logged.name,
            target_bucket=bucket,
            target_prefix=f"{logged.name}/",
        )
