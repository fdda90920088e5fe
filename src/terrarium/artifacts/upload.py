"""Uploads of content to a key, unless the bucket already has it."""

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from terrarium.artifacts._latest_version import current
from terrarium.artifacts._multipart import MultipartUpload
from terrarium.artifacts.errors import BucketNotVersionedError
from terrarium.artifacts.file_digest import FileContent, base64_of
from terrarium.artifacts.reference import ArtifactRef
from terrarium.artifacts.transfer import TransferConfig
from terrarium.aws import translate_errors
from terrarium.io.digest import digest_of

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["put_bytes", "put_file"]


def put_bytes(s3: "S3Client", content: bytes, *, bucket: str, key: str) -> ArtifactRef:
    """Upload `content` in one request. S3 verifies its SHA-256."""
    digest = digest_of(content)
    checksum = base64_of(hashlib.sha256(content).digest())
    with translate_errors(f"put s3://{bucket}/{key}"):
        held = current(s3, bucket=bucket, key=key, with_checksum=True)
        # Each writer can state a digest; S3 computes the checksum.
        if held and held.ref.digest == digest and held.checksum == checksum:
            return held.ref
        answer = s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=content,
            ChecksumAlgorithm="SHA256",  # buckets with object lock require the name too
            ChecksumSHA256=checksum,
            Metadata={"digest": digest},
        )
    return _reference(answer.get("VersionId"), bucket=bucket, key=key, digest=digest, size=len(content))


def put_file(
    s3: "S3Client",
    content: FileContent,
    *,
    bucket: str,
    key: str,
    config: TransferConfig,
    advance: Callable[[int], None],
) -> ArtifactRef:
    """Upload a file in one request, or in parts if it is larger than one part.

    Raises:
        SourceChangedError: The file has changed since its digest was computed.
    """
    if len(content.parts) == 1:
        body = content.read_part(0)
        content.check_unchanged()
        ref = put_bytes(s3, body, bucket=bucket, key=key)
        advance(content.size)
        return ref
    with translate_errors(f"put s3://{bucket}/{key}"):
        unchanged = _unchanged(s3, bucket=bucket, key=key, digest=content.digest)
        if unchanged:
            advance(content.size)
            return unchanged
        upload = MultipartUpload(s3, content, bucket=bucket, key=key)
        version_id = upload.upload(config=config, advance=advance)
    return _reference(version_id, bucket=bucket, key=key, digest=content.digest, size=content.size)


def _unchanged(s3: "S3Client", *, bucket: str, key: str, digest: str) -> ArtifactRef | None:
    held = current(s3, bucket=bucket, key=key)
    return held.ref if held and held.ref.digest == digest else None


def _reference(version_id: str | None, *, bucket: str, key: str, digest: str, size: int) -> ArtifactRef:
    if version_id is None:
        raise BucketNotVersionedError(
            f"bucket {bucket} has no versioning, which references need",
            remedy="enable versioning: `cdktf deploy` restores the declared configuration",
        )
    return ArtifactRef(bucket=bucket, key=key, version_id=version_id, digest=digest, size=size)
