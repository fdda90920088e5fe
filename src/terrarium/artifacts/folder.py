"""Listings of folders: a folder is stored as a listing that pins a version of each file."""

import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from terrarium.artifacts.errors import SourceInvalidError
from terrarium.artifacts.names import FOLDER_LISTING
from terrarium.artifacts.reference import Digest
from terrarium.io.digest import digest_of_hash

__all__ = ["FolderFile", "FolderListing", "check_readable", "files_below"]


def _inside(path: str) -> str:
    # A listing comes from the bucket: its paths must stay below the destination.
    pure = PurePosixPath(path)
    if pure.is_absolute() or str(pure) != path or ".." in pure.parts or "\\" in path or path in ("", "."):
        raise ValueError("not a path within the folder")
    return path


class FolderFile(BaseModel):
    """A file of a folder: its relative path, and the key and version of its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, AfterValidator(_inside)]
    key: str
    version_id: str
    digest: Digest
    size: Annotated[int, Field(ge=0)]


class FolderListing(BaseModel):
    """The files of a folder, ordered by path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    files: tuple[FolderFile, ...]

    @property
    def size(self) -> int:
        """The size of all files in bytes."""
        return sum(file.size for file in self.files)

    @property
    def digest(self) -> str:
        """The digest of paths and contents; it does not depend on versions."""
        whole = hashlib.sha256()
        for file in self.files:
            whole.update(f"{file.digest} {file.size} {file.path}\n".encode())
        return digest_of_hash(whole)


def files_below(folder: Path) -> list[str]:
    """Return the relative paths, with slashes, of all files below `folder`, sorted.

    Links to files count as files. Empty folders are left out.

    Raises:
        SourceInvalidError: The folder has no file, an entry that is neither file nor folder, or an unreadable entry.
    """
    paths = []
    for parent, folders, files in os.walk(folder, onerror=_refuse_unreadable):
        for name in (*folders, *files):
            path = Path(parent, name)
            if _is_file(path) and name != FOLDER_LISTING:
                _check_name(path)
                check_readable(path)
                paths.append(path.relative_to(folder).as_posix())
            elif path.is_symlink() or not path.is_dir():
                raise SourceInvalidError(
                    f"{path} cannot be a part of an artifact{_kind(path)}",
                    remedy="a folder may hold files, links to files, and folders "
                    f"(no links to folders, sockets, or files named {FOLDER_LISTING})",
                )
    if not paths:
        raise SourceInvalidError(f"{folder} holds no files", remedy="put a folder with at least one file")
    return sorted(paths)


def check_readable(path: Path) -> None:
    """Check that this process may read a file, before the upload starts.

    Raises:
        SourceInvalidError: The file is not readable.
    """
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise SourceInvalidError(
            f"{path} cannot be read: permission denied",
            remedy="grant this user read permission (chmod u+r), or leave the file out",
        )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        _refuse_unreadable(error)
        raise


def _refuse_unreadable(error: OSError) -> None:
    # Without this, `os.walk` skips folders that it cannot list.
    raise SourceInvalidError(
        f"{error.filename} cannot be read: {error.strerror}",
        remedy="grant this user read and search permission (chmod u+rx on folders), or leave it out of the artifact",
    ) from error


def _check_name(path: Path) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise SourceInvalidError(
            f"the name of file {os.fsencode(path)!r} is not UTF-8", remedy="rename it: keys in S3 are UTF-8"
        ) from error


def _kind(path: Path) -> str:
    if not path.is_symlink():
        return ""
    if path.is_dir():
        return ": it is a link to a folder"
    return f": it is a link to {str(path.readlink())!r}, which is not a file"
