"""Rules of S3 about buckets."""

from moto.s3.models import s3_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_TAGS = 50


@rule(
    "versioning-of-a-locked-bucket",
    on=("s3:PutBucketVersioning",),
    code="InvalidBucketState",
    status=409,
    source="Amazon S3 User Guide, Object Lock considerations: you can't suspend versioning of the bucket",
)
def versioning_of_a_locked_bucket(request: Request) -> str | None:
    """The versioning of a bucket with Object Lock cannot be suspended."""
    bucket = request.backend(s3_backends).buckets.get(request.get("Bucket"))
    status = (request.get("VersioningConfiguration") or {}).get("Status")
    if bucket is None or not bucket.object_lock_enabled or status != "Suspended":
        return None
    return (
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
    )


@rule(
    "bucket-tag-count",
    on=("s3:PutBucketTagging",),
    code="BadRequest",
    source="Amazon S3 User Guide, Using cost allocation S3 bucket tags: up to 50 tags",
)
def bucket_tag_count(request: Request) -> str | None:
    """A bucket has at most 50 tags."""
    if len((request.get("Tagging") or {}).get("TagSet", ())) <= _TAGS:
        return None
    return f"Bucket tag count cannot be greater than {_TAGS}"


RULES: tuple[Rule, ...] = (versioning_of_a_locked_bucket, bucket_tag_count)
