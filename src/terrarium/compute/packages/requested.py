"""The lock of the packages that a job requests."""

import re
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from terrarium.code import Repository
from terrarium.compute.errors import LockInvalidError
from terrarium.compute.packages.lock import PackageLock
from terrarium.plain_text import shown
from terrarium.venvs.packages import DISTRIBUTION, sort_packages

if TYPE_CHECKING:
    from collections.abc import Callable

    from terrarium.connection import Connection
    from terrarium.record import RunRecord

__all__ = ["PackagesLike", "record_of_run", "requested_lock"]


class HasRunId(Protocol):
    """A run, such as `terrarium.Run` or `terrarium.RunSummary`."""

    @property
    def id(self) -> str:
        """MLflow's run id."""
        ...


PackagesLike: TypeAlias = str | PathLike[str] | HasRunId

_RUN_ID = re.compile(r"[0-9a-f]{32}")


def requested_lock(
    chosen: "PackagesLike", *, code: Path, read_record: "Callable[[str], RunRecord]"
) -> PackageLock:
    """Return the lock of a requirements file, or of the recorded packages of a run.

    Args:
        chosen: The path of the file; or a run, or its id.
        code: The checkout of the job. Its own package is a part of it, and not of the lock.
        read_record: Function that returns the record of a run.

    Raises:
        LockInvalidError: The file cannot be read, is not a lock, or the run has no recorded packages.
        RecordMissingError: The run has no record.
    """
    if isinstance(chosen, PathLike) or (isinstance(chosen, str) and not _RUN_ID.fullmatch(chosen)):
        return PackageLock.of_file(Path(chosen))
    run = chosen if isinstance(chosen, str) else getattr(chosen, "id", None)
    if not isinstance(run, str):
        raise LockInvalidError(
            f"packages cannot be {shown(chosen)}, a {type(chosen).__name__}",
            remedy="name a requirements file, a run, or the id of a run",
        )
    recorded = read_record(run).environment
    if recorded is None:
        raise LockInvalidError(
            f"run {run} has no packages on record", remedy="name another run, or a requirements file"
        )
    repository = Repository.around(code)
    root = code.resolve() if repository is None else repository.root
    others = {name: version for name, version in recorded.packages.items() if name != DISTRIBUTION}
    packed = sort_packages(others, code=root)
    folders = [str(folder) for folder in packed.folders if folder != root]
    if folders:
        raise LockInvalidError(
            f"run {run} had packages that were installed from {', '.join(folders)}, which no job can reach",
            remedy="put them on a package index, or build an image that holds them",
        )
    return PackageLock.of(packed.pinned, source=f"run {run}", python=recorded.python)


def record_of_run(connection: "Connection", run: str) -> "RunRecord":
    """Return the record of the run whose packages a job requests.

    Raises:
        RecordMissingError: The run has no record.
    """
    from terrarium.record.storage import read_record

    return read_record(connection.mlflow_client, run)
