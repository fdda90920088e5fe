"""Wheels that the jobs of an environment share, as one artifact for each lock."""

import tarfile
from pathlib import Path

from terrarium.artifacts import Artifacts
from terrarium.artifacts.errors import ArtifactCorruptError, ArtifactNotFoundError
from terrarium.io.tar_entries import anonymous

__all__ = ["SharedWheels"]


class SharedWheels:
    """The wheels of one lock. Every reader verifies them, because any scientist or job may have written them.

    Args:
        artifacts: The artifacts of the environment.
        name: A digest of the lock.
    """

    def __init__(self, artifacts: Artifacts, *, name: str) -> None:
        self._artifacts = artifacts
        self._name = f"packages/{name}.tar"

    def get(self, folder: Path) -> bool:
        """Write the shared wheels into a new folder; return False if there are none, or no valid archive."""
        archive = folder.with_name(f"{folder.name}.tar")
        try:
            self._artifacts.get(self._artifacts.latest(self._name), archive, progress=False)
            folder.mkdir(exist_ok=True)
            with tarfile.open(archive, mode="r:") as entries:
                wheels = [one for one in entries if one.isreg() and one.name.endswith(".whl")]
                entries.extractall(folder, members=wheels, filter="data")
        except (ArtifactNotFoundError, ArtifactCorruptError, tarfile.TarError):
            return False
        archive.unlink()
        return True

    def put(self, folder: Path) -> None:
        """Share the wheels of a folder."""
        archive = folder.with_name(f"{folder.name}.tar")
        with tarfile.open(archive, mode="w", format=tarfile.PAX_FORMAT) as entries:
            for path in sorted(folder.glob("*.whl")):
                entries.add(path, arcname=path.name, recursive=False, filter=anonymous)
        self._artifacts.put(archive, self._name, progress=False)
        archive.unlink()
