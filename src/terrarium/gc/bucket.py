"""Artifacts of runs and models in the bucket: list, measure and delete them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from terrarium.aws import Session, translate_errors
from terrarium.gc.deletion import delete_versions
from terrarium.manifest import ArtifactBucket

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["Bucket", "PrefixUsage", "Upload"]


class PrefixUsage(NamedTuple):
    """Content below a prefix: number of objects and bytes, in all versions, and time of the last write."""

    objects: int
    size: int
    modified: datetime | None


class Upload(NamedTuple):
    """A multipart upload that was begun, and neither completed nor aborted."""

    key: str
    id: str
    begun: datetime
    parts: int
    size: int


class Bucket:
    """The artifact bucket of an environment: the prefix of MLflow's artifacts, and all unfinished uploads."""

    def __init__(self, description: ArtifactBucket, *, session: Session) -> None:
        self._name = description.bucket
        self._root = description.experiments_prefix
        self._session = session

    def prefix_of(self, artifact_uri: str) -> str | None:
        """Return the prefix of a run's or a model's artifacts; None if they are outside of the bucket's prefix."""
        within = f"s3://{self._name}/"
        prefix = artifact_uri.removeprefix(within).removesuffix("/").removesuffix("/artifacts") + "/"
        deep_enough = re.fullmatch(rf"{re.escape(self._root)}[^/]+/(models/)?[^/]+/", prefix)
        return prefix if artifact_uri.startswith(within) and deep_enough else None

    def owners(self) -> Iterator[tuple[str, str]]:
        """Yield the id and prefix of every run and logged model that has artifacts here."""
        for experiment in self._below(self._root):
            for owner in self._below(experiment):
                name = owner.removeprefix(experiment).rstrip("/")
                if re.fullmatch("[0-9a-f]{32}", name):
                    yield name, owner
            for model in self._below(f"{experiment}models/"):
                yield model.rstrip("/").rpartition("/")[2], model

    def usage(self, prefix: str) -> PrefixUsage:
        """Return the content below `prefix`."""
        versions = list(self._versions(prefix))
        modified = max((version.modified for version in versions), default=None)
        return PrefixUsage(len(versions), sum(version.size for version in versions), modified)

    def delete(self, prefix: str) -> None:
        """Delete every version of every object below `prefix`.

        Raises:
            AccessDeniedError: The role may not delete versions, or a version is locked.
            DeletionIncompleteError: S3 did not delete some versions for another reason.
        """
        with translate_errors(f"delete s3://{self._name}/{prefix}"):
            delete_versions(
                self._s3,
                self._name,
                ({"Key": version.key, "VersionId": version.id} for version in self._versions(prefix)),
            )

    def uploads(self, *, before: datetime) -> Iterator[Upload]:
        """Yield the unfinished uploads that were begun before a time."""
        with translate_errors(f"list the unfinished uploads of s3://{self._name}"):
            for page in self._s3.get_paginator("list_multipart_uploads").paginate(Bucket=self._name):
                for upload in page.get("Uploads", []):
                    if upload["Initiated"] <= before:
                        yield self._upload(upload["Key"], upload["UploadId"], upload["Initiated"])

    def abort(self, key: str, upload: str) -> None:
        """Abort an unfinished upload, which deletes its parts."""
        # The upload may have been completed or aborted in the meantime.
        gone = suppress(self._s3.exceptions.NoSuchUpload)
        with translate_errors(f"abort the upload of s3://{self._name}/{key}"), gone:
            self._s3.abort_multipart_upload(Bucket=self._name, Key=key, UploadId=upload)

    def _upload(self, key: str, upload: str, begun: datetime) -> Upload:
        pages = self._s3.get_paginator("list_parts").paginate(Bucket=self._name, Key=key, UploadId=upload)
        sizes = [part["Size"] for page in pages for part in page.get("Parts", [])]
        return Upload(key, upload, begun, len(sizes), sum(sizes))

    def _below(self, prefix: str) -> Iterator[str]:
        with translate_errors(f"list s3://{self._name}/{prefix}"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self._name, Prefix=prefix, Delimiter="/"
            )
            for page in pages:
                for common in page.get("CommonPrefixes", []):
                    yield common["Prefix"]

    def _versions(self, prefix: str) -> "Iterator[_Version]":
        with translate_errors(f"list s3://{self._name}/{prefix}"):
            for page in self._s3.get_paginator("list_object_versions").paginate(
                Bucket=self._name, Prefix=prefix
            ):
                for version in page.get("Versions", []):
                    yield _Version(
                        version["Key"], version["VersionId"], version["Size"], version["LastModified"]
                    )
                for marker in page.get("DeleteMarkers", []):
                    yield _Version(marker["Key"], marker["VersionId"], 0, marker["LastModified"])

    @property
    def _s3(self) -> "S3Client":
        client: S3Client = self._session.client("s3")
        return client


class _Version(NamedTuple):
    key: str
    id: str
    size: int
    modified: datetime
