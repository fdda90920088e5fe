"""`lab.artifacts`: storage of files, folders and bytes."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.arguments import checked_methods
from terrarium.artifacts import folder_transfer
from terrarium.artifacts._latest_version import current, holds_version
from terrarium.artifacts._local_files import holds
from terrarium.artifacts.download import download_bytes, download_file
from terrarium.artifacts.errors import (
    ArtifactNotFoundError,
    ArtifactReferenceError,
    DestinationOccupiedError,
    SourceNotFoundError,
)
from terrarium.artifacts.file_digest import read_content
from terrarium.artifacts.names import FOLDER_LISTING, object_key
from terrarium.artifacts.progress import progress_bar
from terrarium.artifacts.reference import ArtifactRef
from terrarium.artifacts.transfer import TransferConfig
from terrarium.artifacts.upload import put_bytes, put_file
from terrarium.aws import Session, translate_errors
from terrarium.file_errors import explained_paths
from terrarium.io.file_lock import file_lock
from terrarium.manifest import ArtifactBucket

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["Artifacts"]


@checked_methods
class Artifacts:
    """The artifacts of an environment, by name.

    `put` returns an `ArtifactRef`, which pins the version permanently. S3 verifies uploads, and `get` verifies
    downloads; the bucket encrypts with the environment's key. Content that the bucket already has under the name is not
    uploaded again. A repeated call continues an interrupted transfer of a large file, also in another process.
    """

    def __init__(
        self, bucket: ArtifactBucket, *, session: Session, transfer: TransferConfig | None = None
    ) -> None:
        self._bucket = bucket.bucket
        self._prefix = bucket.artifacts_prefix
        self._session = session
        self._transfer = transfer or TransferConfig()

    @property
    def bucket(self) -> str:
        """The name of the bucket."""
        return self._bucket

    @property
    def prefix(self) -> str:
        """The prefix of all names in the bucket."""
        return self._prefix

    def holds(self, ref: ArtifactRef) -> bool:
        """Return whether the version of a reference exists; for a folder, the version of its listing.

        Example:
            >>> lab.artifacts.holds(ref)
            True
        """
        with translate_errors(f"look for {ref}"):
            return holds_version(self._s3, ref)

    def put(
        self, source: str | PathLike[str], name: str | None = None, *, progress: bool = True
    ) -> ArtifactRef:
        """Upload a file, or a folder with all files below it.

        Args:
            source: The file or folder.
            name: A relative path with slashes; by default, the name of the source.
            progress: Whether a long transfer shows a progress bar in terminals and notebooks.

        Raises:
            SourceNotFoundError: The file or folder does not exist.
            SourceInvalidError: The folder is empty, or has an entry that is neither file nor folder.
            SourceChangedError: A file changed during the upload.
            ArtifactNameError: The name is not valid as a key.
            AccessDeniedError: The role may not write there.

        Example:
            >>> ref = lab.artifacts.put("model.bin", "models/churn.bin")
        """
        with explained_paths(f"put {source}"):
            return self._put(Path(source).expanduser().absolute(), name, progress=progress)

    def _put(self, path: Path, name: str | None, *, progress: bool) -> ArtifactRef:
        key = object_key(self._prefix, path.name if name is None else name)
        if path.is_dir():
            return folder_transfer.put_folder(
                self._s3, path, bucket=self._bucket, key=key, config=self._transfer, progress=progress
            )
        if not path.is_file():
            raise SourceNotFoundError(
                f"file or folder {path} does not exist", remedy="check the path and the working directory"
            )
        size = path.stat().st_size
        with progress_bar(f"put {path.name}", size=size, shown=progress) as advance:
            content = read_content(path, part_size=self._transfer.part_size_of(size))
            return put_file(
                self._s3, content, bucket=self._bucket, key=key, config=self._transfer, advance=advance
            )

    def put_bytes(self, content: bytes, name: str) -> ArtifactRef:
        """Upload `content`, at most a few mebibytes, under `name`. Raises the errors of `put`.

        Example:
            >>> ref = lab.artifacts.put_bytes(b"1,2,3", "rows.csv")
        """
        return put_bytes(self._s3, content, bucket=self._bucket, key=object_key(self._prefix, name))

    def get(self, ref: ArtifactRef | str, destination: str | PathLike[str], *, progress: bool = True) -> Path:
        """Download the version of `ref`. The file or folder appears complete and verified, or not at all.

        Args:
            ref: A reference, or its text.
            destination: The target path. If it is an existing folder, a file is written into it under its own name.
                An existing file is replaced; a folder with other content is not.
            progress: Whether a long transfer shows a progress bar in terminals and notebooks.

        Returns:
            The path of the file or folder.

        Raises:
            ArtifactReferenceError: The text is not a reference.
            ArtifactNotFoundError: The version does not exist in the bucket.
            ArtifactCorruptError: The content does not match the reference.
            DestinationOccupiedError: The destination has other content.
            AccessDeniedError: The role may not read it.

        Example:
            >>> lab.artifacts.get(ref, "model.bin")
        """
        ref = _parsed(ref)
        with explained_paths(f"get {ref.uri} to {destination}"):
            return self._get(ref, Path(destination).expanduser().absolute(), progress=progress)

    def _get(self, ref: ArtifactRef, path: Path, *, progress: bool) -> Path:
        if ref.kind == "file" and path.is_dir():
            path /= ref.key.rpartition("/")[2]
        path.parent.mkdir(parents=True, exist_ok=True)
        with file_lock(path):
            if ref.kind == "folder":
                folder_transfer.get_folder(self._s3, ref, path, config=self._transfer, progress=progress)
            else:
                self._get_file(ref, path, progress=progress)
        return path

    def get_bytes(self, ref: ArtifactRef | str) -> bytes:
        """Return the content of a file that fits into memory. Raises the errors of `get`.

        Example:
            >>> lab.artifacts.get_bytes(ref)
            b'1,2,3'
        """
        ref = _parsed(ref)
        if ref.kind == "folder":
            raise ArtifactReferenceError(
                f"{ref} is a folder", remedy="get it to a path: get(ref, destination)"
            )
        return download_bytes(self._s3, ref, config=self._transfer)

    def latest(self, name: str) -> ArtifactRef:
        """Return the reference of the latest version of `name`.

        Raises:
            ArtifactNotFoundError: The name does not exist.

        Example:
            >>> lab.artifacts.latest("models/churn.bin")
        """
        key = object_key(self._prefix, name)
        with translate_errors(f"look for artifact {name!r}"):
            file = current(self._s3, bucket=self._bucket, key=key)
            listing = current(self._s3, bucket=self._bucket, key=f"{key}/{FOLDER_LISTING}")
        if listing and (file is None or listing.modified > file.modified):
            return folder_transfer.folder_reference(self._s3, listing.ref)
        if file:
            return file.ref
        raise ArtifactNotFoundError(
            f"artifact {name!r} does not exist in s3://{self._bucket}/{self._prefix}",
            remedy="check the name and the environment",
        )

    def _get_file(self, ref: ArtifactRef, path: Path, *, progress: bool) -> None:
        if path.is_dir():
            raise DestinationOccupiedError(f"{path} is a folder", remedy="name another destination")
        if holds(path, size=ref.size, digest=ref.digest):
            return
        with progress_bar(f"get {path.name}", size=ref.size, shown=progress) as advance:
            download_file(self._s3, ref, path, config=self._transfer, advance=advance)

    @property
    def _s3(self) -> "S3Client":
        client: S3Client = self._session.client("s3")
        return client


def _parsed(ref: ArtifactRef | str) -> ArtifactRef:
    return ArtifactRef.parse(ref) if isinstance(ref, str) else ref
