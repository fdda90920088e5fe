"""Comparison of local files and folders with artifacts."""

from pathlib import Path

from terrarium.artifacts.errors import SourceInvalidError
from terrarium.artifacts.file_digest import sha256_of_file
from terrarium.artifacts.folder import FolderListing, files_below
from terrarium.io.digest import digest_of_hash

__all__ = ["holds", "holds_folder", "is_occupied"]


def holds(path: Path, *, size: int, digest: str) -> bool:
    """Return whether `path` is a file with exactly this content."""
    if not path.is_file() or path.stat().st_size != size:
        return False
    return digest_of_hash(sha256_of_file(path)) == digest


def holds_folder(path: Path, listing: FolderListing) -> bool:
    """Return whether `path` is a folder of exactly these files."""
    try:
        if files_below(path) != [file.path for file in listing.files]:
            return False
    except SourceInvalidError:
        return False
    return all(holds(path / file.path, size=file.size, digest=file.digest) for file in listing.files)


def is_occupied(path: Path) -> bool:
    """Return whether the path is a file or a folder that is not empty."""
    return path.is_symlink() or path.is_file() or (path.is_dir() and any(path.iterdir()))
