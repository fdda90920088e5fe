"""Publication of a release to the artifact bucket of an environment."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from modules.sdk_release import SdkRelease
from operations.sdk.release_folder import ReleaseFolder, SandboxFiles
from operations.sdk.wheel import sandbox_version
from terrarium.errors import Error

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["is_published", "is_sandbox_published", "publish_release", "publish_sandbox"]


def is_published(s3: "S3Client", bucket: str, release: SdkRelease) -> bool:
    """Return whether `bucket` has the whole release.

    Raises:
        Error: The bucket does not exist, or the credentials may not list it.
    """
    return "requirements.txt" in _names(s3, bucket, release.prefix)


def is_sandbox_published(s3: "S3Client", bucket: str, release: SdkRelease) -> bool:
    """Return whether `bucket` has the sandbox of this checkout: the name of its wheel has the digest of its sources."""
    version = sandbox_version(release)
    return any(f"+{version}-" in name for name in _names(s3, bucket, release.prefix))


def publish_release(
    s3: "S3Client",
    bucket: str,
    release: SdkRelease,
    folder: ReleaseFolder,
    *,
    report: Callable[[str], object],
) -> None:
    """Upload the files of the release that `bucket` lacks. `requirements.txt` comes last, as a mark of completeness."""
    there = _names(s3, bucket, release.dependencies_prefix)
    missing = [wheel for wheel in sorted(folder.dependencies.iterdir()) if wheel.name not in there]
    for wheel in missing:
        _upload(s3, bucket, release.dependencies_prefix, wheel)
    report(f"uploaded {len(missing)} of {len(missing) + len(there)} dependencies, the bucket had the others")
    for file in (folder.wheel, folder.requirements):
        _upload(s3, bucket, release.prefix, file)
    report(f"uploaded {folder.wheel.name}")


def publish_sandbox(
    s3: "S3Client", bucket: str, release: SdkRelease, files: SandboxFiles, *, report: Callable[[str], object]
) -> None:
    """Upload the distribution of the sandbox to the prefix of its release. The wheel comes last."""
    for file in (files.requirements, files.wheel):
        _upload(s3, bucket, release.prefix, file)
    report(f"uploaded {files.wheel.name}")


def _upload(s3: "S3Client", bucket: str, prefix: str, file: Path) -> None:
    # Imported when used: only this command needs the transfer manager.
    from boto3.exceptions import S3UploadFailedError
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        s3.upload_file(str(file), bucket, f"{prefix}{file.name}")
    except (BotoCoreError, ClientError, S3UploadFailedError) as error:
        raise Error(
            f"{file.name} cannot be uploaded to s3://{bucket}/{prefix}: {error}",
            remedy="publish as an administrator or as the role ci-deploy; other roles may not write there",
        ) from error


def _names(s3: "S3Client", bucket: str, prefix: str) -> set[str]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {found["Key"].removeprefix(prefix) for page in pages for found in page.get("Contents", [])}
    except (BotoCoreError, ClientError) as error:
        raise Error(
            f"s3://{bucket}/{prefix} cannot be listed: {error}",
            remedy="deploy the environment first (cdktf deploy), with credentials of its account",
        ) from error
