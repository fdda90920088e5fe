"""Releases and approvals in the registry's bucket, where another environment reads them without a database login."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from terrarium.artifacts import ArtifactRef
from terrarium.artifacts.absence import is_absent
from terrarium.artifacts.names import FOLDER_LISTING, object_key
from terrarium.artifacts.upload import put_bytes
from terrarium.aws import Session, explained
from terrarium.manifest import ModelRegistry
from terrarium.models.approval import Approval
from terrarium.models.errors import ModelTamperedError, ReleaseMissingError
from terrarium.models.release import Release
from terrarium.models.storage import PackageStorage

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["RECORD", "ReleaseStorage"]

RECORD: Final = "record"
"""Folder of a release that holds the artifacts of the run's record."""

_RELEASE = "release.json"


class ReleaseStorage:
    """The part of an environment's bucket that holds releases and approvals.

    The release of a version lies below `<models_prefix><name>/versions/<number>/<digest>/`, beside the listing with the
    digest of every file. It is written once. Approvals are given later, so that each has a key of its own:
    `<models_prefix><name>/approvals/<number>/<environment>.json`.

    Args:
        environment: Name of the environment, for errors.
        registry: Section `registry` of its manifest.
        session: Session that may read the bucket, and write it where releases are written.
    """

    def __init__(self, environment: str, registry: ModelRegistry, *, session: Session) -> None:
        self._environment = environment
        self._bucket = registry.bucket
        self._prefix = registry.models_prefix
        self._session = session
        self._packages = PackageStorage(registry, session=session)

    def find(self, name: str, version: int) -> ArtifactRef | None:
        """Return the reference to the release of a version, if there is one.

        Raises:
            ModelTamperedError: The version has several releases.
        """
        prefix = f"{self._prefix}{_folder(name, version)}/"
        with explained(f"list s3://{self._bucket}/{prefix}"):
            pages = self._s3.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            held = [version for page in pages for version in page.get("Versions", []) if version["IsLatest"]]
        listings = [found for found in held if found["Key"].endswith(f"/{FOLDER_LISTING}")]
        if len(listings) > 1:
            raise ModelTamperedError(
                f"s3://{self._bucket}/{prefix} holds {len(listings)} releases of {name}/{version}; "
                "a release is written once",
                remedy="submit the model again and promote the new version; CloudTrail names who wrote the second one",
            )
        if not listings:
            return None
        folder = listings[0]["Key"].removesuffix(FOLDER_LISTING)
        files = (found for found in held if found["Key"].startswith(folder) and found not in listings)
        return ArtifactRef(
            bucket=self._bucket,
            key=listings[0]["Key"],
            version_id=listings[0]["VersionId"],
            digest=f"sha256:{folder.rstrip('/').rpartition('/')[2]}",
            size=sum(found["Size"] for found in files),
            kind="folder",
        )

    def put(self, release: Release, record: dict[str, bytes]) -> ArtifactRef:
        """Write the release of a version that has none.

        Args:
            release: The release.
            record: Artifacts of the run's record, by their path below the record's folder.
        """
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            (folder / _RELEASE).write_text(release.model_dump_json(indent=1), encoding="utf-8")
            for path, content in record.items():
                file = folder / object_key(f"{RECORD}/", path)  # refuses paths that lead out of the folder
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            return self._packages.put(folder, name=_folder(release.name, release.version))

    @contextmanager
    def read(self, name: str, version: int) -> Iterator[tuple[Release, Path]]:
        """Return the verified release of a version, and the folder with its record, which is deleted afterwards.

        Raises:
            ReleaseMissingError: The version has no release.
            ModelTamperedError: A file of the release is not what was written; it is named.
        """
        found = self.find(name, version)
        if found is None:
            raise ReleaseMissingError(
                f"{name}/{version} of {self._environment!r} has no release in s3://{self._bucket}: there is no such "
                "version, or it was submitted before releases were written",
                remedy=f"write it with credentials of {self._environment!r}: "
                f"terrarium models release {name}/{version} --environment {self._environment}",
            )
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            self._packages.get(found, folder)
            text = (folder / _RELEASE).read_text(encoding="utf-8")
            yield self._parse(text, name, version), folder / RECORD

    def put_approval(self, name: str, version: int, approval: Approval) -> None:
        """Write an approval where the environment that it is for finds it; a later approval replaces it."""
        key = self._approval_key(name, version, approval.environment)
        put_bytes(self._s3, approval.model_dump_json().encode(), bucket=self._bucket, key=key)

    def approval(self, name: str, version: int, environment: str) -> Approval | None:
        """Return the approval of a version for an environment, if there is one.

        Raises:
            ModelTamperedError: The bucket holds something else under its name.
        """
        key = self._approval_key(name, version, environment)
        with explained(f"read s3://{self._bucket}/{key}"):
            try:
                content = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except self._s3.exceptions.ClientError as error:
                if not is_absent(error, self._s3, bucket=self._bucket, key=key):
                    raise
                return None
        try:
            return Approval.model_validate_json(content)
        except ValidationError as error:
            raise ModelTamperedError(
                f"s3://{self._bucket}/{key} is not an approval: {error}",
                remedy=f"approve it again: terrarium models approve {name}/{version} --for {environment} --reason ...",
            ) from error

    def _parse(self, text: str, name: str, version: int) -> Release:
        release = Release.model_validate_json(text)
        where = (release.environment, release.name, release.version)
        if where != (self._environment, name, version):
            raise ModelTamperedError(
                f"the release of {name}/{version} in {self._environment!r} is that of {release.reference} in "
                f"{release.environment!r}",
                remedy="submit the model again and promote the new version; CloudTrail names who wrote this release",
            )
        return release

    def _approval_key(self, name: str, version: int, environment: str) -> str:
        return object_key(self._prefix, f"{name}/approvals/{version}/{environment}.json")

    @property
    def _s3(self) -> "S3Client":
        client: S3Client = self._session.client("s3")
        return client


def _folder(name: str, version: int) -> str:
    return f"{name}/versions/{version}"
