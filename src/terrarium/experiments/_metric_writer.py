"""Writer of a run's metrics: into the journal, or directly into the database."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.journal.drain import Drain
from terrarium.journal.errors import JournalUnwritableError
from terrarium.journal.journaled_run import discard_folder
from terrarium.journal.line import lines_of
from terrarium.journal.paths import environment_journal, new_process_folder
from terrarium.journal.writer import JournalWriter

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["MetricWriter"]

_PATIENCE = 60.0  # s to wait at the end of a run for a database that does not answer

_log = logging.getLogger(__name__)


class MetricWriter:
    """Writes the metric samples of one run in the order in which they are logged.

    When `record` returns, the samples are in the journal, or in the database if the disk cannot be written. A forked
    process gets its own journal at its first call.
    """

    def __init__(self, connection: "Connection", run_id: str) -> None:
        self._connection = connection
        self._run_id = run_id
        self._process = os.getpid()
        self._writer: JournalWriter | None = None
        self._drain: Drain | None = None
        self._warned = False
        self._begin()

    @property
    def folder(self) -> Path | None:
        """Folder of this process in the journal; None if the disk cannot be written."""
        return self._writer.folder if self._writer else None

    def record(self, metrics: Mapping[str, float], *, step: int, timestamp: int) -> None:
        """Record one value of each metric.

        Args:
            metrics: Name -> value.
            step: The step of training.
            timestamp: Milliseconds since the epoch.

        Raises:
            MetricRefusedError: The database cannot store a name, a value or the step.
            JournalUnwritableError: Neither the disk nor the database accepts the samples.
        """
        if self._process != os.getpid():
            self._begin_forked()
        lines = lines_of(metrics, step=step, timestamp=timestamp)
        if self._writer is None:
            self._write_through(lines, None)
            return
        try:
            self._writer.append(lines)
        except JournalUnwritableError as unwritable:
            self._write_through(lines, unwritable)

    def finish(self) -> Exception | None:
        """Close the journal, and wait until all samples are in the database, or it has not answered for a minute.

        Returns:
            None if the database has all samples; otherwise the last error.
        """
        if self._writer is None or self._drain is None:
            return None
        self._writer.close()
        return self._drain.finish(_PATIENCE)

    def discard(self) -> None:
        """Delete this process' journal, whose samples are in the database."""
        if self._writer is not None:
            discard_folder(self._writer.folder)
            self._writer.lock.release()

    def release(self) -> None:
        """Leave this process' journal to the next replay."""
        if self._writer is not None:
            self._writer.lock.release()

    def _begin(self) -> None:
        journal = environment_journal(self._connection.manifest)
        try:
            self._writer = JournalWriter(new_process_folder(journal, self._run_id))
        except JournalUnwritableError as unwritable:
            self._warn(unwritable)
        else:
            self._drain = Drain(self._writer, self._deliver)

    def _begin_forked(self) -> None:
        inherited, self._writer, self._process = self._writer, None, os.getpid()
        if inherited is not None:
            inherited.lock.release()  # the parent keeps it
        self._begin()

    def _deliver(self, lines: bytes) -> None:
        from terrarium.metadata.metric_samples import copy_points

        with self._connection.database.writer.begin() as connection:
            copy_points(connection, self._run_id, lines)

    def _write_through(self, lines: bytes, unwritable: JournalUnwritableError | None) -> None:
        """Write directly to the database: slower, and without a wait for a database that does not answer."""
        if unwritable is not None:
            self._warn(unwritable)
        try:
            self._deliver(lines)
        except Exception as error:
            raise JournalUnwritableError(
                f"neither the journal nor the database accepts the metrics of run {self._run_id}: {error}",
                remedy=unwritable.remedy if unwritable else "see the warning at the run's beginning",
            ) from error

    def _warn(self, unwritable: JournalUnwritableError) -> None:
        if not self._warned:
            self._warned = True
            _log.warning("%s\n  until then, each call waits for the database", unwritable)
