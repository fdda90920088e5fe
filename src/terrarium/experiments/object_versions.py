"""Versions of objects in a bucket: listed, read, replaced, deleted one by one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from terrarium.aws import Session, translate_errors

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["ObjectVersion", "ObjectVersions"]


class ObjectVersion(NamedTuple):
    """One version of an object."""

    bucket: str
    key: str
    id: str | None
    size: int
    latest: bool

    def __str__(self) -> str:
        version = f" (version {self.id})" if self.id else ""
        return f"s3://{self.bucket}/{self.key}{version}"


class ObjectVersions:
    """The objects of one bucket.

    Args:
        bucket: Its name.
        session: Whose rights to use.
    """

    def __init__(self, bucket: str, *, session: Session) -> None:
        self._bucket = bucket
        self._session = session

    def all_below(self, prefix: str) -> Iterator[ObjectVersion]:
        """Yield every version of every object below a prefix.

        Raises:
            AccessDeniedError: The role may not list versions.
        """
        with translate_errors(f"list versions of s3://{self._bucket}/{prefix}"):
            pages = self._s3.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            for page in pages:
                for found in page.get("Versions", []):
                    yield ObjectVersion(
                        self._bucket, found["Key"], found["VersionId"], found["Size"], found["IsLatest"]
                    )

    def latest_below(self, prefix: str) -> Iterator[ObjectVersion]:
        """Yield the latest version of every object below a prefix."""
        with translate_errors(f"list s3://{self._bucket}/{prefix}"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            for page in pages:
                for found in page.get("Contents", []):
                    yield ObjectVersion(self._bucket, found["Key"], None, found["Size"], latest=True)

    def read(self, version: ObjectVersion) -> bytes:
        """Return the content of a version."""
        with translate_errors(f"read {version}"):
            if version.id is None:
                return self._s3.get_object(Bucket=self._bucket, Key=version.key)["Body"].read()
            answer = self._s3.get_object(Bucket=self._bucket, Key=version.key, VersionId=version.id)
            return answer["Body"].read()

    def write(self, key: str, content: bytes) -> None:
        """Make this the latest version of an object."""
        with translate_errors(f"write s3://{self._bucket}/{key}"):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content)

    def delete(self, version: ObjectVersion) -> str | None:
        """Delete a version for good; return why S3 did not, None if it did."""
        from botocore.exceptions import ClientError

        if version.id is None:
            return "your role may not list versions; have an administrator repeat the command"
        try:
            self._s3.delete_object(Bucket=self._bucket, Key=version.key, VersionId=version.id)
        except ClientError as error:
            refused = error.response["Error"]
            return (
                f"S3 did not delete it: {refused.get('Code')}: {refused.get('Message')}; have an administrator "
                "repeat the command, after its retention if it is locked"
            )
        return None

    @property
    def _s3(self) -> "S3Client":
        client: S3Client = self._session.client("s3")
        return client
