"""What a key holds now."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from terrarium.artifacts.not_found import is_absent
from terrarium.artifacts.reference import ArtifactRef

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["Current", "current", "holds_version"]


@dataclass(frozen=True, kw_only=True)
class Current:
    """The latest version of a key, and when it was put.

    Attributes:
        ref: Its digest is what the writer stated.
        modified: When it was put.
        checksum: The SHA-256 of the content in base64, which S3 verified when it was put; None where it was not asked
            for, or the object was put in parts or with another checksum.
    """

    ref: ArtifactRef
    modified: datetime
    checksum: str | None = None


def current(s3: "S3Client", *, bucket: str, key: str, with_checksum: bool = False) -> Current | None:
    """Return the latest version of `key`; None if there is none, or none that was put by Terrarium.

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
    """Whether the bucket still holds this very version."""
    try:
        s3.head_object(Bucket=ref.bucket, Key=ref.key, VersionId=ref.version_id)
    except s3.exceptions.ClientError as error:
        if not is_absent(error, s3, bucket=ref.bucket, key=ref.key, version_id=ref.version_id):
            raise
        return False
    return True
