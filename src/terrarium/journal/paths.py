"""Where journals lie: one folder per environment, run and process that writes.

<journal>/<environment>-<cluster's id>/<run id>/<process>/
    lock            held by the process as long as it lives
    00000000.points what it logged, oldest first; removed when the database has it
    ...
    record.json     what is on record of the run, as far as the process states it (its owner alone)
    end.json        how the run ended, until MLflow knows, too (its owner alone)
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
    """The folder of all journals of an environment; the cluster's id tells apart those of the same name.

    It lies in `TERRARIUM_JOURNAL`, by default `~/.local/state/terrarium/journal`, which should outlive the
    process: where the disk of a job does not, name a volume that does.
    """
    root = os.environ.get(JOURNAL_VARIABLE)
    journal = Path(root) if root else state_directory() / "journal"
    return journal / f"{manifest.environment}-{manifest.metadata.cluster_resource_id}"


def new_process_folder(journal: Path, run_id: str) -> Path:
    """A name that no other process takes, on other machines neither; nothing is made."""
    return journal / run_id / f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def process_folders(journal: Path) -> Iterator[tuple[str, Path]]:
    """Yield run id and folder of every process that has something there; whatever else is there is skipped.

    The journal is closed to other users, should an earlier release have left it open.
    """
    if not journal.is_dir():
        return
    with suppress(OSError):  # on a read-only disk it stays as it is
        make_private(journal)
    for run in sorted(filter(Path.is_dir, journal.iterdir())):
        if _RUN_ID.fullmatch(run.name):
            for folder in _folders(run):
                yield run.name, folder


def _folders(run: Path) -> list[Path]:
    try:
        return sorted(filter(Path.is_dir, run.iterdir()))
    except OSError:  # another user's, in a journal that several share
        return []
