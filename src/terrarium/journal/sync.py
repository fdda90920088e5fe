"""Replay of the journals of dead processes into the database."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from terrarium.io.folder_lock import FolderLock
from terrarium.journal.journaled_run import RunEnd, discard_folder, read_record_text
from terrarium.journal.paths import environment_journal, process_folders
from terrarium.journal.reader import abandoned_segments

if TYPE_CHECKING:
    from terrarium.connection import Connection
    from terrarium.manifest import PlatformManifest

__all__ = ["SyncReport", "anything_abandoned", "sync"]


class SyncReport(BaseModel):
    """Result of a replay of the journals of an environment.

    Attributes:
        points: Handed to the database, which skips those it had already.
        torn: Lines that were never acknowledged, or that the disk has spoilt since; dropped.
        ended: Run id -> status of the runs that were ended.
        alive: Processes that still write; left alone.
        unknown: Runs that the database does not know (deleted for good, or of another sandbox); left where they are.
        salvaged: Run id -> sections that its journal holds no readable record of; the rest of the record was kept.
        failed: Folder -> why it could not be moved; left where it is, and tried again next time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: int = 0
    torn: int = 0
    ended: dict[str, str] = {}
    alive: int = 0
    unknown: tuple[str, ...] = ()
    salvaged: dict[str, str] = {}
    failed: dict[str, str] = {}


def anything_abandoned(manifest: "PlatformManifest") -> bool:
    """Return whether a dead process left a journal. Reads files of this machine only."""
    for _, folder in process_folders(environment_journal(manifest)):
        with suppress(OSError):  # `sync` reports what cannot be locked
            lock = FolderLock.take(folder)
            if lock is not None:
                lock.release()
                return True
    return False


def sync(connection: "Connection") -> SyncReport:
    """Move samples of processes that ended to the database, and end their runs. It can be repeated, also concurrently.

    Raises:
        EndpointUnreachableError: The database does not answer; everything stays where it is.
    """
    report = SyncReport()
    for run_id, folder in process_folders(environment_journal(connection.manifest)):
        try:
            lock = FolderLock.take(folder)
        except OSError as error:
            report = _failed(report, folder, error)
            continue
        if lock is None:
            report = report.model_copy(update={"alive": report.alive + folder.exists()})
            continue
        try:
            report = _settle(connection, run_id, folder, report)
        except Exception as error:  # noqa: BLE001 - it is reported; the next folder is another run's
            # One bad folder stops no other; a database that is away stops all of them.
            _is_known(connection, run_id)
            report = _failed(report, folder, error)
        finally:
            lock.release()
    return report


def _failed(report: SyncReport, folder: Path, error: Exception) -> SyncReport:
    why = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return report.model_copy(update={"failed": {**report.failed, str(folder): why}})


def _settle(connection: "Connection", run_id: str, folder: Path, report: SyncReport) -> SyncReport:
    if not _is_known(connection, run_id):
        return report.model_copy(update={"unknown": (*report.unknown, run_id)})
    points, torn = _replay(connection, run_id, folder)
    report = report.model_copy(update={"points": report.points + points, "torn": report.torn + torn})
    text = read_record_text(folder)
    if text is not None:
        report = _end(connection, run_id, text, RunEnd.read(folder), report)
    discard_folder(folder)
    return report


def _is_known(connection: "Connection", run_id: str) -> bool:
    with connection.database.writer.connect() as database:
        found = database.exec_driver_sql("SELECT 1 FROM runs WHERE run_uuid = %s", (run_id,)).scalar()
    return found is not None


def _replay(connection: "Connection", run_id: str, folder: Path) -> tuple[int, int]:
    from terrarium.metadata.metric_samples import copy_points

    points = torn = 0
    for segment in abandoned_segments(folder):
        with connection.database.writer.begin() as database:
            copy_points(database, run_id, segment.lines)
        segment.path.unlink()
        points += segment.points
        torn += segment.torn
    return points, torn


def _end(connection: "Connection", run_id: str, text: str, end: RunEnd, report: SyncReport) -> SyncReport:
    """Complete the record of a run, and end the run if MLflow takes it for running still."""
    from terrarium.record.completion import complete_record
    from terrarium.record.partial_record import read_partial_record

    client = connection.mlflow_client
    run = client.get_run(run_id)
    if run.info.lifecycle_stage == "active":
        record, spoilt = read_partial_record(text, run_id, client)
        if record is not None:
            complete_record(client, record)
        if spoilt:
            report = report.model_copy(update={"salvaged": {**report.salvaged, run_id: ", ".join(spoilt)}})
    if run.info.status == "RUNNING":
        client.set_terminated(run_id, end.status, end.time)
        report = report.model_copy(update={"ended": {**report.ended, run_id: end.status}})
    return report
