"""The record and the end of a run, as a journal stores them beside the metric samples."""

import contextlib
import shutil
import time
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from terrarium.io.atomic_write import atomic_write

__all__ = ["RunEnd", "discard_folder", "read_record_text", "write_record_text"]


class RunEnd(BaseModel):
    """The end of a run.

    Attributes:
        status: MLflow's status.
        time: The end time, in milliseconds since 1970.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal["FINISHED", "FAILED", "KILLED"]
    time: int

    @classmethod
    def now(cls, status: str) -> Self:
        """Return an end at the current time."""
        return cls.model_validate({"status": status, "time": time.time_ns() // 1_000_000})

    def write(self, folder: Path) -> None:
        """Write it to the folder of a process."""
        _write(folder / "end.json", self.model_dump_json())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the end in the folder of a process. Without a readable file: KILLED, at the time of the last write."""
        try:
            return cls.model_validate_json((folder / "end.json").read_text())
        except (OSError, ValueError):  # missing, or damaged by a disk
            last = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
            return cls(status="KILLED", time=int(last * 1000))


def write_record_text(folder: Path, text: str) -> None:
    """Write the current record to the folder of the process that owns the run."""
    _write(folder / "record.json", text)


def read_record_text(folder: Path) -> str | None:
    """Return the record in the folder of a process; None if the process did not own the run."""
    try:
        return (folder / "record.json").read_text()
    except FileNotFoundError:
        return None


def discard_folder(folder: Path) -> None:
    """Delete the folder of a process, and the folder of its run if it is empty then."""
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # folders of other processes exist
        folder.parent.rmdir()


def _write(path: Path, text: str) -> None:
    # With fsync: without it, a power failure could leave an empty file, if the rename reached the disk first.
    with atomic_write(path) as file:
        file.write(text.encode())
