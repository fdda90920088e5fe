"""Upload of the code of a checkout to the bucket, once per content."""

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
    """The uploaded code of a job, and its working folder.

    Attributes:
        code: The snapshot in the bucket.
        folder: The working folder, relative to the root of the snapshot.
    """

    code: ArtifactRef
    folder: str


class Shipping:
    """Uploads snapshots, and remembers them. Threads can share it.

    Args:
        artifacts: The storage of snapshots.
    """

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self._place = f"s3://{artifacts.bucket}/{artifacts.prefix}"
        self._known: dict[Path, SentCode] = {}
        self._places: dict[str, tuple[Path, str]] = {}
        self._lock = threading.Lock()

    def ship(self, folder: Path) -> ShippedFolder:
        """Upload the current code of the checkout around a folder, unless the bucket has it.

        Without changes since the last call, no request is made. In another process, and for the same code from another
        checkout, one request checks whether the bucket has the snapshot.

        Raises:
            CodeNotShippableError: The folder is in no git repository, or its code is too large.
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
        """Upload a lock."""
        content = lock.model_dump_json().encode()
        digest = digest_of(content).removeprefix("sha256:")
        return self._artifacts.put_bytes(content, f"locks/{digest}.json")

    def _known_elsewhere(self, root: Path) -> SentCode | None:
        """Return the upload of another process, if no file has changed since and the bucket still has it."""
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
