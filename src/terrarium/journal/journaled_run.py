"""What a run leaves in its journal besides points: what is on record of it, and how it ended."""

import contextlib
import shutil
import time
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from terrarium.io.atomic_write import atomic_write

__all__ = ["RunEnd", "discard_folder", "read_record_text", "write_record_text"]


class RunEnd(BaseModel):
    """How a run ended.

    Attributes:
        status: In MLflow's words.
        time: Milliseconds since the epoch.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal["FINISHED", "FAILED", "KILLED"]
    time: int

    @classmethod
    def now(cls, status: str) -> Self:
        """Ended this moment."""
        return cls.model_validate({"status": status, "time": time.time_ns() // 1_000_000})

    def write(self, folder: Path) -> None:
        """Leave it in a process' folder."""
        _write(folder / "end.json", self.model_dump_json())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """As it was left; a process that left nothing was killed, when it last wrote."""
        try:
            return cls.model_validate_json((folder / "end.json").read_text())
        except (OSError, ValueError):  # a disk can spoil what was written
            last = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
            return cls(status="KILLED", time=int(last * 1000))


def write_record_text(folder: Path, text: str) -> None:
    """Leave the record, as far as it goes; whoever leaves one owns the run."""
    _write(folder / "record.json", text)


def read_record_text(folder: Path) -> str | None:
    """The record that was left; None if the process did not own the run."""
    try:
        return (folder / "record.json").read_text()
    except FileNotFoundError:
        return None


def discard_folder(folder: Path) -> None:
    """Remove a process' folder, and that of the run when it was the last."""
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # there are other processes'
        folder.parent.rmdir()


def _write(path: Path, text: str) -> None:
    # Synchronized: a rename that reaches the disk before the content leaves an empty file when the power is cut.
    with atomic_write(path) as file:
        file.write(text.encode())
