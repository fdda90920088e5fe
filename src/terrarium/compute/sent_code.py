"""Which snapshot a checkout was last sent as: kept between processes, as git keeps its index."""

import json
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from terrarium.artifacts import ArtifactRef
from terrarium.compute.file_marks import FileMarks
from terrarium.directories import cache_directory
from terrarium.errors import Error

__all__ = ["SentCode", "keep_sent_code", "read_sent_code"]

_VERSION = 1


class SentCode(NamedTuple):
    """A snapshot, and what the checkout was like that it is of."""

    ref: ArtifactRef
    marks: FileMarks


def read_sent_code(root: Path, bucket: str) -> SentCode | None:
    """What the checkout at `root` was last sent to a bucket as, if that is known here."""
    try:
        version, ref, seen = json.loads(_file(root, bucket).read_bytes())
        if version != _VERSION:
            return None
        marks = {path: mark and (mark[0], mark[1]) for path, mark in seen.items()}
        return SentCode(ArtifactRef.parse(ref), FileMarks(marks))
    except (OSError, ValueError, TypeError, AttributeError, IndexError, Error):
        return None  # a cache: whatever is wrong with it, the code is sent as if there were none


def keep_sent_code(root: Path, bucket: str, sent: SentCode) -> None:
    """Keep it for later processes, where anything can be kept."""
    file = _file(root, bucket)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent, delete=False) as written:
            json.dump((_VERSION, str(sent.ref), sent.marks.seen), written)
        Path(written.name).replace(file)
    except OSError:
        return


def _file(root: Path, bucket: str) -> Path:
    return cache_directory() / "code" / f"{sha256(f'{bucket} {root}'.encode()).hexdigest()}.json"
