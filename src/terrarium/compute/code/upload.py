"""Sends the code of a checkout along with jobs: to the bucket, once."""

import threading
from pathlib import Path
from typing import NamedTuple

from terrarium.artifacts import ArtifactRef, Artifacts
from terrarium.compute.code.archive import pack
from terrarium.compute.code.files import CodeFiles, checkout_around
from terrarium.compute.code.upload_cache import SentCode, keep_sent_code, read_sent_code
from terrarium.compute.packages.lock import PackageLock
from terrarium.io.digest import digest_of

__all__ = ["ShippedFolder", "Shipping"]


class ShippedFolder(NamedTuple):
    """Where a job finds its code, and works in it.

    Attributes:
        code: The snapshot in the bucket.
        folder: Relative to the snapshot's root.
    """

    code: ArtifactRef
    folder: str


class Shipping:
    """Uploads snapshots, and knows which it has uploaded. Safe to share between threads.

    Args:
        artifacts: Where they go.
    """

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self._place = f"s3://{artifacts.bucket}/{artifacts.prefix}"
        self._known: dict[Path, SentCode] = {}
        self._places: dict[str, tuple[Path, str]] = {}
        self._lock = threading.Lock()

    def ship(self, folder: Path) -> ShippedFolder:
        """Have the checkout around a folder in the bucket, as it is now.

        What is there already is not sent: unchanged files since the last time ask nobody, in another process the
        bucket whether it still has them, and the same code from elsewhere costs one request, too.

        Raises:
            CodeNotShippableError: The folder lies in no git repository, or its code is too large.
        """
        named = str(folder.absolute())
        with self._lock:
            if named not in self._places:
                place = folder.resolve()
                root = checkout_around(place)
                self._places[named] = root, str(place.relative_to(root))
            root, within = self._places[named]
            known = self._known.get(root)
            if known is None or not known.marks.unchanged():
                known = self._known_elsewhere(root) or self._upload(root)
        return ShippedFolder(known.ref, within)

    def ship_lock(self, lock: PackageLock) -> ArtifactRef:
        """Have a lock in the bucket."""
        content = lock.model_dump_json().encode()
        digest = digest_of(content).removeprefix("sha256:")
        return self._artifacts.put_bytes(content, f"locks/{digest}.json")

    def _known_elsewhere(self, root: Path) -> SentCode | None:
        """What another process has sent, if nothing has changed since and the bucket still has it."""
        sent = read_sent_code(root, self._place)
        if sent is None or not sent.marks.unchanged() or not self._artifacts.holds(sent.ref):
            return None
        self._known[root] = sent
        return sent

    def _upload(self, root: Path) -> SentCode:
        files = CodeFiles.of(root)
        archive = pack(files)
        digest = digest_of(archive).removeprefix("sha256:")
        ref = self._artifacts.put_bytes(archive, f"code/{digest}.tar.gz")
        sent = SentCode(ref, files.marks)
        self._known.pop(root, None)
        if files.marks.settled():
            self._known[root] = sent
            keep_sent_code(root, self._place, sent)
        return sent
