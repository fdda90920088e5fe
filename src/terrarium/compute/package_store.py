"""Where installed packages are kept, so that they are installed once: the environment's bucket, or a folder."""

import os
import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from tempfile import mkstemp

from terrarium.artifacts import Artifacts
from terrarium.artifacts.errors import ArtifactNotFoundError

__all__ = ["BucketStore", "FolderStore", "PackageStore"]


class PackageStore(ABC):
    """Archives by name. A name stands for what is in it, so that whoever puts last does no harm."""

    @abstractmethod
    def get(self, name: str, path: Path) -> bool:
        """Write the archive to `path`, whole; False if there is none yet."""

    @abstractmethod
    def put(self, path: Path, name: str) -> None:
        """Keep the archive; it appears whole or not at all."""


class BucketStore(PackageStore):
    """Artifacts of the environment, verified by their digests.

    Args:
        artifacts: The environment's.
    """

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    def get(self, name: str, path: Path) -> bool:  # noqa: D102 - as said above
        try:
            ref = self._artifacts.latest(_key(name))
        except ArtifactNotFoundError:
            return False
        self._artifacts.get(ref, path, progress=False)
        return True

    def put(self, path: Path, name: str) -> None:  # noqa: D102 - as said above
        self._artifacts.put(path, _key(name), progress=False)


class FolderStore(PackageStore):
    """Files of this machine.

    Args:
        folder: Where they are, or will be.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str, path: Path) -> bool:  # noqa: D102 - as said above
        try:
            shutil.copyfile(self._folder / name, path)
        except FileNotFoundError:
            return False
        return True

    def put(self, path: Path, name: str) -> None:  # noqa: D102 - as said above
        self._folder.mkdir(parents=True, exist_ok=True)
        number, temporary = mkstemp(dir=self._folder)
        os.close(number)
        shutil.copyfile(path, temporary)
        Path(temporary).replace(self._folder / name)


def _key(name: str) -> str:
    return f"packages/{name}"
