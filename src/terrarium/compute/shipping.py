"""Sends the code of a checkout along with jobs: to the bucket, once."""

import threading
from pathlib import Path
from typing import NamedTuple

from terrarium.artifacts import ArtifactRef, Artifacts
from terrarium.artifacts.content import digest_of
from terrarium.code import Repository
from terrarium.compute.code_archive import pack
from terrarium.compute.code_files import CodeFiles
from terrarium.compute.errors import CodeNotShippableError
from terrarium.compute.package_lock import PackageLock

__all__ = ["ShippedFolder", "Shipping", "checkout_around"]


class ShippedFolder(NamedTuple):
    """Where a job finds its code, and works in it.

    Attributes:
        code: The snapshot in the bucket.
        folder: Relative to the snapshot's root.
    """

    code: ArtifactRef
    folder: str


def checkout_around(folder: Path) -> Path:
    """The topmost folder of the checkout that a folder lies in.

    Raises:
        CodeNotShippableError: It lies in none.
    """
    repository = Repository.around(folder)
    if repository is None:
        raise CodeNotShippableError(
            f"{folder} lies in no git repository",
            remedy="`git init` there, so that what is code is known; or submit with code=None",
        )
    return repository.root


class Shipping:
    """Uploads snapshots, and knows which it has uploaded. Safe to share between threads.

    Args:
        artifacts: Where they go.
    """

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self._known: dict[Path, tuple[CodeFiles, ArtifactRef]] = {}
        self._places: dict[str, tuple[Path, str]] = {}
        self._lock = threading.Lock()

    def ship(self, folder: Path) -> ShippedFolder:
        """Have the checkout around a folder in the bucket, as it is now.

        What is there already is not sent: unchanged files since the last time ask nobody, and the same code
        from elsewhere costs one request.

        Raises:
            CodeNotShippableError: The folder lies in no git repository, or its code is too large.
        """
        named = str(folder.absolute())
        with self._lock:
            if named not in self._places:
                root = checkout_around(folder).resolve()
                self._places[named] = root, str(folder.resolve().relative_to(root))
            root, within = self._places[named]
            known = self._known.get(root)
            ref = known[1] if known is not None and known[0].unchanged() else self._upload(root)
        return ShippedFolder(ref, within)

    def ship_lock(self, lock: PackageLock) -> ArtifactRef:
        """Have a lock in the bucket."""
        content = lock.model_dump_json().encode()
        digest = digest_of(content).removeprefix("sha256:")
        return self._artifacts.put_bytes(content, f"locks/{digest}.json")

    def _upload(self, root: Path) -> ArtifactRef:
        files = CodeFiles.of(root)
        archive = pack(files)
        digest = digest_of(archive).removeprefix("sha256:")
        ref = self._artifacts.put_bytes(archive, f"code/{digest}.tar.gz")
        self._known.pop(root, None)
        if files.settled():
            self._known[root] = files, ref
        return ref
