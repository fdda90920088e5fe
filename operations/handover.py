"""What one job of a workflow hands over to another: an archive, whose digest travels by another way.

`python -m operations.handover pack FILE PATH…` prints the digest as a step output; `… unpack FILE DIGEST` verifies it
before it unpacks anything. Needs nothing but Python: a job that may enter AWS runs it before anything is installed.
"""

import hashlib
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

__all__ = ["HandoverError", "pack", "unpack"]

_LEFT_OUT = ".terraform"  # providers and modules, which `terraform init` brings


class HandoverError(Exception):
    """The archive is not what was handed over."""


def pack(file: Path, paths: Sequence[Path]) -> str:
    """Write files and folders into an archive, and return its SHA-256.

    Args:
        file: The archive.
        paths: Relative to the working directory, below which `unpack` writes them again.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file, "w") as archive:
        for path in paths:
            archive.add(path, filter=_kept)
    return _digest(file)


def unpack(file: Path, digest: str) -> None:
    """Write what an archive holds below the working directory, if it has the digest.

    Raises:
        HandoverError: It has another.
    """
    found = _digest(file)
    if found != digest:
        raise HandoverError(
            f"{file} has SHA-256 {found}, and {digest or 'nothing'} was handed over: it was replaced on the way. "
            "Look who may write artifacts of this run, and run the workflow again"
        )
    with tarfile.open(file) as archive:
        archive.extractall(".", filter="data")


def _kept(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _LEFT_OUT in Path(entry.name).parts else entry


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["pack", name, first, *others]:
            print(f"digest={pack(Path(name), [Path(first), *map(Path, others)])}")
        case ["unpack", name, expected]:
            try:
                unpack(Path(name), expected)
            except HandoverError as error:
                sys.exit(f"terrarium: {error}")
        case _:
            sys.exit("usage: python -m operations.handover pack FILE PATH... | unpack FILE DIGEST")
