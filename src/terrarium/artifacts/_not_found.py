"""Detection of missing objects, also for roles to which S3 answers "access denied" instead of "not found"."""

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
    """Return whether a HEAD or GET failed because the object, or its version, does not exist.

    For a missing object, S3 answers "access denied" to a role that may list only below a prefix. Such a role must list
    the key. Source: Amazon S3 API Reference, HeadObject and GetObject, "Permissions".

    Args:
        error: The error of S3.
        s3: A client of S3.
        bucket: The bucket.
        key: The key.
        version_id: The version; by default, the latest.
    """
    code = error.response.get("Error", {}).get("Code")
    if code in _MISSING:
        return True
    return code in _REFUSED and _is_listed(s3, bucket=bucket, key=key, version_id=version_id) is False


def _is_listed(s3: "S3Client", *, bucket: str, key: str, version_id: str | None) -> bool | None:
    """Return whether a listing contains the key; None if the role may not list it."""
    try:
        if version_id is None:
            # The key is the first of all keys that begin with it.
            found = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
            return any(item["Key"] == key for item in found)
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
        versions = (version for page in pages for version in page.get("Versions", []))
        return any((version["Key"], version["VersionId"]) == (key, version_id) for version in versions)
    except s3.exceptions.ClientError:
        return None
