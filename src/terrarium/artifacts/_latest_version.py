"""The latest version of a key."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from terrarium.artifacts._not_found import is_absent
from terrarium.artifacts.reference import ArtifactRef

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["Current", "current", "holds_version"]


@dataclass(frozen=True, kw_only=True)
class Current:
    """The latest version of a key, and its time.

    Attributes:
        ref: The reference, with the digest that the writer stated.
        modified: Time of the upload.
        checksum: The SHA-256 of the content in base64, which S3 verified at the upload; None if not requested,
            or if the object was uploaded in parts or with another checksum.
    """

    ref: ArtifactRef
    modified: datetime
    checksum: str | None = None


def current(s3: "S3Client", *, bucket: str, key: str, with_checksum: bool = False) -> Current | None:
    """Return the latest version of `key`; None if there is none, or if Terrarium did not write it.

    Args:
        s3: A client of S3.
        bucket: The bucket.
        key: The key in it.
        with_checksum: Whether to ask for S3's own checksum, for which the role needs `kms:Decrypt`.
    """
    try:
        if with_checksum:
            head = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        else:
            head = s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError as error:
        if not is_absent(error, s3, bucket=bucket, key=key):
            raise
        return None
    digest, version_id = head["Metadata"].get("digest"), head.get("VersionId")
    if digest is None or version_id is None:
        return None
    ref = ArtifactRef(
        bucket=bucket, key=key, version_id=version_id, digest=digest, size=head["ContentLength"]
    )
    return Current(ref=ref, modified=head["LastModified"], checksum=head.get("ChecksumSHA256"))


def holds_version(s3: "S3Client", ref: ArtifactRef) -> bool:
    """Return whether this version exists in the bucket."""
    try:
        s3.head_object(Bucket=ref.bucket, Key=ref.key, VersionId=ref.version_id)
    except s3.exceptions.ClientError as error:
        if not is_absent(error, s3, bucket=ref.bucket, key=ref.key, version_id=ref.version_id):
            raise
        return False
    return True
