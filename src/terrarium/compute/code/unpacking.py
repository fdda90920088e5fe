"""From an archive of code to a folder again."""

import io
import tarfile
from pathlib import Path

__all__ = ["unpack", "unpack_file"]


def unpack(archive: bytes, folder: Path) -> None:
    """Write below `folder` what `terrarium.compute.code.archive.pack` gathered."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
        files.extractall(folder, filter="data")


def unpack_file(archive: Path, folder: Path) -> None:
    """The same, of an archive too large for memory."""
    with tarfile.open(archive, mode="r:gz") as files:
        files.extractall(folder, filter="data")
