"""Archive that one job of a workflow hands over to another; its digest is passed separately, as an output of the job.

`python -m operations.handover pack FILE PATH…` prints the digest as a step output; `… unpack FILE DIGEST` verifies it
before it unpacks anything. It needs only Python: a job that may enter AWS runs it before anything is installed.
"""

import hashlib
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

__all__ = ["HandoverError", "pack", "unpack"]

_LEFT_OUT = ".terraform"  # providers and modules, which `terraform init` brings


class HandoverError(Exception):
    """The archive does not have the expected digest."""


def pack(file: Path, paths: Sequence[Path]) -> str:
    """Write files and folders to an archive, and return its SHA-256.

    Args:
        file: The archive.
        paths: Paths relative to the working directory; `unpack` writes them below its own working directory.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file, "w") as archive:
        for path in paths:
            archive.add(path, filter=_kept)
    return _digest(file)


def unpack(file: Path, digest: str) -> None:
    """Unpack an archive below the working directory, if it has the digest.

    Raises:
        HandoverError: The archive has another digest.
    """
    found = _digest(file)
    if found != digest:
        raise HandoverError(
            f"{file} has SHA-256 {found}, but the job that packed it printed {digest or 'no digest'}: the archive was "
            "replaced. Check who may write artifacts of this run, and run the workflow again"
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
