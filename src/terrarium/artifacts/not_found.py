"""Whether something is not in the bucket, which S3 says plainly only to those who may list all of it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from types_boto3_s3 import S3Client

__all__ = ["is_absent"]

_MISSING = {"404", "NoSuchKey", "NoSuchVersion", "NoSuchBucket", "InvalidArgument", "MethodNotAllowed"}
_REFUSED = {"403", "AccessDenied"}


def is_absent(
    error: "ClientError", s3: "S3Client", *, bucket: str, key: str, version_id: str | None = None
) -> bool:
    """Whether a HEAD or GET failed because there is no such object, or no such version of it.

    Whoever may list below a prefix only is answered "access denied" for what is not there, too, and has to list it to
    know. Source: Amazon S3 API Reference, HeadObject and GetObject, "Permissions".

    Args:
        error: What S3 answered.
        s3: Whose rights to use.
        bucket: The bucket.
        key: What was asked for.
        version_id: Which version of it; omitted, the latest.
    """
    code = error.response.get("Error", {}).get("Code")
    if code in _MISSING:
        return True
    return code in _REFUSED and _is_listed(s3, bucket=bucket, key=key, version_id=version_id) is False


def _is_listed(s3: "S3Client", *, bucket: str, key: str, version_id: str | None) -> bool | None:
    """Whether it is; None to those who may not list it either."""
    try:
        if version_id is None:
            # Of all keys that begin with it, it is the first.
            found = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
            return any(item["Key"] == key for item in found)
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
        versions = (version for page in pages for version in page.get("Versions", []))
        return any((version["Key"], version["VersionId"]) == (key, version_id) for version in versions)
    except s3.exceptions.ClientError:
        return None
