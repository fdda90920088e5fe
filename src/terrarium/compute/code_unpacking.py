"""From an archive of code to a folder again."""

import io
import tarfile
from pathlib import Path

__all__ = ["unpack"]


def unpack(archive: bytes, folder: Path) -> None:
    """Write below `folder` what `terrarium.compute.code_archive.pack` gathered."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
        files.extractall(folder, filter="data")
