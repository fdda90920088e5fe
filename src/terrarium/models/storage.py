"""Storage of model packages in the registry's bucket, addressed and verified by digests."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from terrarium.artifacts.download import download_file, read_bytes
from terrarium.artifacts.errors import ArtifactCorruptError, ArtifactNotFoundError
from terrarium.artifacts.file_digest import sha256_of_file
from terrarium.artifacts.folder import FolderFile, FolderListing, files_below
from terrarium.artifacts.folder_transfer import put_folder
from terrarium.artifacts.names import FOLDER_LISTING
from terrarium.artifacts.reference import ArtifactRef
from terrarium.artifacts.transfer import TransferConfig, map_ahead
from terrarium.aws import Session, translate_errors
from terrarium.io.digest import digest_of, digest_of_hash
from terrarium.manifest import ModelRegistry
from terrarium.models.errors import ModelTamperedError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["PackageStorage", "package_digest"]


class _Held(NamedTuple):
    version_id: str
    size: int


def package_digest(folder: Path) -> str:
    """Return `sha256:...` of the paths, sizes and digests of all files. Equal content has an equal digest."""
    return FolderListing(files=tuple(_file(folder, path) for path in files_below(folder))).digest


def _file(folder: Path, path: str) -> FolderFile:
    digest = digest_of_hash(sha256_of_file(folder / path))
    return FolderFile(path=path, key="", version_id="", digest=digest, size=(folder / path).stat().st_size)


class PackageStorage:
    """The model packages in an environment's bucket.

    A package is at `<models_prefix><name>/<digest>/`, with a listing of all files and their digests. A repeated or
    resumed upload writes the same bytes to the same keys.
    """

    def __init__(self, registry: ModelRegistry, *, session: Session) -> None:
        self._bucket = registry.bucket
        self._prefix = registry.models_prefix
        self._session = session
        self._transfer = TransferConfig()

    def put(self, folder: Path, *, name: str) -> ArtifactRef:
        """Upload a package. Files that already exist in the bucket are not uploaded again."""
        key = f"{self._prefix}{name}/{package_digest(folder).removeprefix('sha256:')}"
        return put_folder(
            self._s3, folder, bucket=self._bucket, key=key, config=self._transfer, progress=False
        )

    def get(self, package: ArtifactRef, destination: Path, *, below: str = "") -> None:
        """Download a package, or the part of it below a path, and verify each file.

        Args:
            package: The package.
            destination: The target folder.
            below: A path within the package that ends with a slash.

        Raises:
            ModelTamperedError: A file was changed, deleted or added. The error names it.
        """
        listing = self._listing(package)
        held = self._held(package)
        self._compare(package, listing, held)

        def get(file: FolderFile) -> None:
            path = destination / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            # The latest version, which MLflow's own code would read. Its digest must be the submitted one.
            ref = ArtifactRef(
                bucket=package.bucket,
                key=file.key,
                version_id=held[file.path].version_id,
                digest=file.digest,
                size=file.size,
            )
            try:
                download_file(self._s3, ref, path, config=self._transfer, advance=lambda _: None)
            except ArtifactCorruptError as error:
                raise _tampered(package, f"{file.path} was changed") from error

        wanted = [file for file in listing.files if file.path.startswith(below)]
        for _ in map_ahead(get, wanted, workers=self._transfer.workers):
            pass

    def _listing(self, package: ArtifactRef) -> FolderListing:
        try:
            content = read_bytes(self._s3, package)
            listing = FolderListing.model_validate_json(content)
        except (ArtifactNotFoundError, ValidationError) as error:
            raise _tampered(
                package, f"{FOLDER_LISTING}, the listing of its files, is missing or invalid"
            ) from error
        if listing.digest != package.digest:
            raise _tampered(
                package, f"{FOLDER_LISTING} has digest {digest_of(content)} and lists other files"
            )
        return listing

    def _held(self, package: ArtifactRef) -> dict[str, _Held]:
        """Return the latest versions in the bucket, by path within the package."""
        prefix = package.key.removesuffix(FOLDER_LISTING)
        with translate_errors(f"list s3://{package.bucket}/{prefix}"):
            pages = self._s3.get_paginator("list_object_versions").paginate(
                Bucket=package.bucket, Prefix=prefix
            )
            return {
                version["Key"].removeprefix(prefix): _Held(version["VersionId"], version["Size"])
                for page in pages
                for version in page.get("Versions", [])
                if version["IsLatest"]
            }

    def _compare(self, package: ArtifactRef, listing: FolderListing, held: dict[str, _Held]) -> None:
        listed = {file.path: file for file in listing.files}
        if gone := sorted(listed.keys() - held.keys()):
            raise _tampered(package, f"{', '.join(gone)} was deleted")
        if added := sorted(held.keys() - listed.keys() - {FOLDER_LISTING}):
            raise _tampered(package, f"{', '.join(added)} was added")
        if other := sorted(path for path, file in listed.items() if held[path].size != file.size):
            raise _tampered(package, f"{', '.join(other)} was changed")

    @property
    def _s3(self) -> "S3Client":
        client: S3Client = self._session.client("s3")
        return client


def _tampered(package: ArtifactRef, what: str) -> ModelTamperedError:
    where = f"s3://{package.bucket}/{package.key.removesuffix(FOLDER_LISTING)}"
    return ModelTamperedError(
        f"{where} was changed after its submission: {what}",
        remedy="use another version, and find out who wrote to the bucket (CloudTrail, the versions of the objects); "
        f"the submitted content is in earlier versions of the objects, listed by {FOLDER_LISTING}",
    )
