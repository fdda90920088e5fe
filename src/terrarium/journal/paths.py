"""Paths of journals: one folder per environment, run and writing process.

<journal>/<environment>-<cluster's id>/<run id>/<process>/
    lock            locked while the process runs
    00000000.points metric samples, oldest first; deleted when the database has them
    ...
    record.json     the current record of the run (only of the process that owns the run)
    end.json        the end of the run, until MLflow has it (only of the process that owns the run)
"""

import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from terrarium.directories import make_private, state_directory
from terrarium.manifest import PlatformManifest

__all__ = ["JOURNAL_VARIABLE", "environment_journal", "new_process_folder", "process_folders"]

JOURNAL_VARIABLE = "TERRARIUM_JOURNAL"
_RUN_ID = re.compile(r"[0-9a-f]{32}")


def environment_journal(manifest: PlatformManifest) -> Path:
    """Return the folder of all journals of an environment.

    It contains the id of the cluster, because environments of several accounts can have the same name. Its parent is
    `TERRARIUM_JOURNAL`, by default `~/.local/state/terrarium/journal`. The parent should outlive the process: in a job,
    name a persistent volume.
    """
    root = os.environ.get(JOURNAL_VARIABLE)
    journal = Path(root) if root else state_directory() / "journal"
    return journal / f"{manifest.environment}-{manifest.metadata.cluster_resource_id}"


def new_process_folder(journal: Path, run_id: str) -> Path:
    """Return a path that no other process uses, on other machines included. The folder is not created."""
    return journal / run_id / f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def process_folders(journal: Path) -> Iterator[tuple[str, Path]]:
    """Yield the run id and folder of each process in a journal. Other files are skipped.

    Earlier releases left the journal readable by other users. Restrict it to its owner.
    """
    if not journal.is_dir():
        return
    with suppress(OSError):  # a read-only disk
        make_private(journal)
    for run in sorted(filter(Path.is_dir, journal.iterdir())):
        if _RUN_ID.fullmatch(run.name):
            for folder in _folders(run):
                yield run.name, folder


def _folders(run: Path) -> list[Path]:
    try:
        return sorted(filter(Path.is_dir, run.iterdir()))
    except OSError:  # a folder of another user, in a shared journal
        return []
