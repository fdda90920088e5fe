"""Cache of the last uploaded snapshot of each checkout, shared by processes."""

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from terrarium.artifacts import ArtifactRef
from terrarium.compute.code.file_fingerprints import FileMarks
from terrarium.directories import cache_directory
from terrarium.errors import Error
from terrarium.io.atomic_write import atomic_write

__all__ = ["SentCode", "keep_sent_code", "read_sent_code"]

_VERSION = 2  # snapshots of version 1 may hold secrets: they are not sent again


class SentCode(NamedTuple):
    """An uploaded snapshot, and the fingerprints of its files."""

    ref: ArtifactRef
    marks: FileMarks


def read_sent_code(root: Path, place: str) -> SentCode | None:
    """Return the last snapshot of a checkout that was uploaded to a place; None if it is unknown.

    Args:
        root: The checkout.
        place: The bucket and the prefix in it: `s3://bucket/prefix/`.
    """
    try:
        version, ref, seen = json.loads(_file(root, place).read_bytes())
        if version != _VERSION:
            return None
        marks = {path: mark and (mark[0], mark[1]) for path, mark in seen.items()}
        return SentCode(ArtifactRef.parse(ref), FileMarks(marks))
    except (OSError, ValueError, TypeError, AttributeError, IndexError, Error):
        return None  # a damaged cache is the same as no cache


def keep_sent_code(root: Path, place: str, sent: SentCode) -> None:
    """Remember an uploaded snapshot for later processes, if the cache folder is writable."""
    with suppress(OSError), atomic_write(_file(root, place)) as file:
        file.write(json.dumps((_VERSION, str(sent.ref), sent.marks.seen)).encode())


def _file(root: Path, place: str) -> Path:
    return cache_directory() / "code" / f"{sha256(f'{place} {root}'.encode()).hexdigest()}.json"
