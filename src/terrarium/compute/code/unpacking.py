"""Unpacking of archives of code."""

import io
import tarfile
from pathlib import Path

__all__ = ["unpack", "unpack_file"]


def unpack(archive: bytes, folder: Path) -> None:
    """Unpack the result of `terrarium.compute.code.archive.pack` into a folder."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
        files.extractall(folder, filter="data")


def unpack_file(archive: Path, folder: Path) -> None:
    """Unpack an archive file into a folder, without reading all of it into memory."""
    with tarfile.open(archive, mode="r:gz") as files:
        files.extractall(folder, filter="data")
