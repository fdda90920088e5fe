"""Downloads of one version of a key, verified before the file appears."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.artifacts._not_found import is_absent
from terrarium.artifacts.errors import ArtifactCorruptError, ArtifactNotFoundError
from terrarium.artifacts.file_digest import sha256_of_file
from terrarium.artifacts.reference import ArtifactRef
from terrarium.artifacts.transfer import TransferConfig, map_ahead
from terrarium.aws import translate_errors
from terrarium.io.digest import digest_of_hash

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["download_bytes", "download_file", "partial_path", "read_bytes"]

_ATTEMPTS = 5  # botocore retries requests, but not an interrupted body


def partial_path(ref: ArtifactRef, destination: Path) -> Path:
    """Return the path of the partial download, which later attempts continue."""
    return destination.with_name(f".{destination.name}.{ref.digest.removeprefix('sha256:')[:16]}.partial")


def download_file(
    s3: "S3Client",
    ref: ArtifactRef,
    destination: Path,
    *,
    config: TransferConfig,
    advance: Callable[[int], None],
) -> None:
    """Write `ref` to `destination`, complete and verified. Continue an interrupted download.

    Raises:
        ArtifactNotFoundError: The version does not exist in the bucket.
        ArtifactCorruptError: The content has another digest.
    """
    partial = partial_path(ref, destination)
    partial.touch()
    if partial.stat().st_size > ref.size:
        partial.write_bytes(b"")
    begun = partial.stat().st_size
    whole = sha256_of_file(partial)
    advance(begun)
    with partial.open("ab") as file:
        for body in _bodies(s3, ref, begin=begun, config=config):
            file.write(body)
            whole.update(body)
            advance(len(body))
    try:
        _verify(ref, whole)
    except ArtifactCorruptError:
        partial.unlink()
        raise
    partial.replace(destination)


def download_bytes(s3: "S3Client", ref: ArtifactRef, *, config: TransferConfig) -> bytes:
    """Return the verified content of `ref`."""
    content = b"".join(_bodies(s3, ref, begin=0, config=config))
    _verify(ref, hashlib.sha256(content))
    return content


def read_bytes(s3: "S3Client", ref: ArtifactRef) -> bytes:
    """Return the content of `ref` without verification; callers verify it."""
    with _found(s3, ref):
        return s3.get_object(Bucket=ref.bucket, Key=ref.key, VersionId=ref.version_id)["Body"].read()


def _bodies(s3: "S3Client", ref: ArtifactRef, *, begin: int, config: TransferConfig) -> Iterator[bytes]:
    starts = range(begin, ref.size, config.part_size)

    def fetch(start: int) -> bytes:
        return _fetch(s3, ref, start, min(start + config.part_size, ref.size))

    return map_ahead(fetch, starts, workers=config.workers_for(config.part_size))


def _fetch(s3: "S3Client", ref: ArtifactRef, start: int, end: int) -> bytes:
    from botocore.exceptions import IncompleteReadError, ReadTimeoutError, ResponseStreamingError

    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with _found(s3, ref):
                return s3.get_object(
                    Bucket=ref.bucket, Key=ref.key, VersionId=ref.version_id, Range=f"bytes={start}-{end - 1}"
                )["Body"].read()
        except (IncompleteReadError, ReadTimeoutError, ResponseStreamingError):
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError("unreachable")


@contextmanager
def _found(s3: "S3Client", ref: ArtifactRef) -> Iterator[None]:
    """Raise `ArtifactNotFoundError` for a missing version, and translate other errors of S3."""
    from botocore.exceptions import ClientError

    with translate_errors(f"read {ref}"):
        try:
            yield
        except ClientError as error:
            if not is_absent(error, s3, bucket=ref.bucket, key=ref.key, version_id=ref.version_id):
                raise
            raise ArtifactNotFoundError(
                f"{ref} does not exist",
                remedy="check the name and the environment; the version may have been deleted",
            ) from error


def _verify(ref: ArtifactRef, whole: "hashlib._Hash") -> None:
    digest = digest_of_hash(whole)
    if digest != ref.digest:
        raise ArtifactCorruptError(
            f"{ref.uri}, version {ref.version_id}, has digest {digest}, but the reference has {ref.digest}",
            remedy="the reference was changed, or Terrarium did not write the object; put it again",
        )
