"""Transfers of folders: small files in parallel, large files in parts, one after the other."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from terrarium.artifacts._local_files import holds, holds_folder, is_occupied
from terrarium.artifacts.download import download_file, partial_path, read_bytes
from terrarium.artifacts.errors import ArtifactCorruptError, DestinationOccupiedError
from terrarium.artifacts.file_digest import read_content
from terrarium.artifacts.folder import FolderFile, FolderListing, files_below
from terrarium.artifacts.names import FOLDER_LISTING, object_key
from terrarium.artifacts.progress import progress_bar
from terrarium.artifacts.reference import ArtifactRef
from terrarium.artifacts.transfer import TransferConfig, map_ahead
from terrarium.artifacts.upload import put_bytes, put_file

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["folder_reference", "get_folder", "put_folder"]

R = TypeVar("R")


def put_folder(
    s3: "S3Client", folder: Path, *, bucket: str, key: str, config: TransferConfig, progress: bool
) -> ArtifactRef:
    """Upload all files of `folder` below `key`, then the listing that pins their versions."""
    sizes = {path: (folder / path).stat().st_size for path in files_below(folder)}

    with progress_bar(f"put {folder.name}", size=sum(sizes.values()), shown=progress) as advance:

        def put(path: str) -> FolderFile:
            content = read_content(folder / path, part_size=config.part_size_of(sizes[path]))
            ref = put_file(
                s3, content, bucket=bucket, key=object_key(f"{key}/", path), config=config, advance=advance
            )
            return FolderFile(
                path=path, key=ref.key, version_id=ref.version_id, digest=ref.digest, size=ref.size
            )

        files = _each(put, sizes, config=config)
    listing = FolderListing(files=tuple(sorted(files, key=lambda file: file.path)))
    pinned = put_bytes(s3, listing.model_dump_json().encode(), bucket=bucket, key=f"{key}/{FOLDER_LISTING}")
    return _of_listing(pinned, listing)


def get_folder(
    s3: "S3Client", ref: ArtifactRef, destination: Path, *, config: TransferConfig, progress: bool
) -> None:
    """Download the files of `ref` beside `destination`, then move them there in one step."""
    listing = _read_listing(s3, ref)
    if _of_listing(ref, listing) != ref:
        raise ArtifactCorruptError(
            f"the listing {ref.uri}, version {ref.version_id}, does not match the reference",
            remedy="the reference was changed, or Terrarium did not write the listing; put it again",
        )
    if holds_folder(destination, listing):
        return
    if is_occupied(destination):
        raise DestinationOccupiedError(
            f"{destination} exists and is not {ref}", remedy="remove it, or name another destination"
        )
    stage = partial_path(ref, destination)
    files = {file.path: file for file in listing.files}

    with progress_bar(f"get {destination.name}", size=listing.size, shown=progress) as advance:

        def get(path: str) -> None:
            file, target = files[path], stage / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if holds(target, size=file.size, digest=file.digest):
                advance(file.size)
                return
            version = ArtifactRef(
                bucket=ref.bucket,
                key=file.key,
                version_id=file.version_id,
                digest=file.digest,
                size=file.size,
            )
            download_file(s3, version, target, config=config, advance=advance)

        _each(get, {path: file.size for path, file in files.items()}, config=config)
    stage.replace(destination)


def folder_reference(s3: "S3Client", listing: ArtifactRef) -> ArtifactRef:
    """Return the reference of the folder with this listing."""
    return _of_listing(listing, _read_listing(s3, listing))


def _of_listing(pinned: ArtifactRef, listing: FolderListing) -> ArtifactRef:
    return pinned.model_copy(update={"digest": listing.digest, "size": listing.size, "kind": "folder"})


def _read_listing(s3: "S3Client", ref: ArtifactRef) -> FolderListing:
    try:
        return FolderListing.model_validate_json(read_bytes(s3, ref))
    except ValidationError as error:
        raise ArtifactCorruptError(
            f"{ref.uri}, version {ref.version_id}, is not the listing of a folder: {error}",
            remedy="this version of Terrarium did not write it; put the folder again",
        ) from error


def _each(transfer: Callable[[str], R], sizes: dict[str, int], *, config: TransferConfig) -> list[R]:
    """Transfer all files, with the parts in progress within the limits of `config`."""
    small = [path for path, size in sizes.items() if size <= config.part_size]
    large = [path for path, size in sizes.items() if size > config.part_size]
    workers = config.workers_for(config.part_size)
    return [*map_ahead(transfer, small, workers=workers), *map(transfer, large)]
