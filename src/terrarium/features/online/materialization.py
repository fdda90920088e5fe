"""Brings the newest rows of a view online: from the start or since the last time, again after any interruption."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from terrarium.aws import translate_errors
from terrarium.features.definition.model import Definition
from terrarium.features.definition.registered_view import RegisteredView
from terrarium.features.errors import FeatureDataError
from terrarium.features.offline.batch_size import MEMORY_LIMIT
from terrarium.features.offline.time_range import TimeRange
from terrarium.features.offline.view_source import ViewSource
from terrarium.features.online.item import encode
from terrarium.features.online.latest_rows import Baseline, latest_rows
from terrarium.features.online.progress_store import Completed, ProgressStore, Target
from terrarium.features.online.write_items import write_items

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

__all__ = ["Materialization", "Materialized", "SkippedRow"]

_log = logging.getLogger(__name__)

_NEVER = datetime.min.replace(tzinfo=UTC)
_CHUNK = 500  # entities between two marks
_NAMED = 100  # skipped rows that are reported one by one; of others only the number


class SkippedRow(Definition):
    """A row that DynamoDB does not take.

    Attributes:
        keys: What tells its entity apart.
        event_time: Of the row.
        problem: Why it is not online. What was online of the entity before stays.
    """

    keys: dict[str, str]
    event_time: datetime
    problem: str


class Materialized(Definition):
    """What a materialization did.

    Attributes:
        view: With its version.
        snapshot_id: Of the source, that is online now.
        until: Event time until which it is.
        entities: How many were looked at; those that an interrupted attempt had done are not among them.
        written: For how many there was something newer than what was online.
        skipped: For how many DynamoDB does not take the newest row.
        skipped_rows: These rows, at most 100 of them.
        note: Why nothing was looked at, where the ttl of the view is the reason.
    """

    view: str
    snapshot_id: int | None
    until: datetime
    entities: int = 0
    written: int = 0
    skipped: int = 0
    skipped_rows: tuple[SkippedRow, ...] = ()
    note: str | None = None


@dataclass
class _Tally:
    """What was done so far."""

    entities: int = 0
    written: int = 0
    skipped: int = 0
    skipped_rows: list[SkippedRow] = field(default_factory=list)

    def skip(self, row: SkippedRow) -> None:
        self.skipped += 1
        if self.skipped <= _NAMED:
            self.skipped_rows.append(row)


class Materialization:
    """Of one view.

    Args:
        registered: The view.
        source: Its rows as they are now.
        progress_store: How far it is.
        client: boto3's for DynamoDB.
        table: The online table.
        shown: Is told how many entities there are to do, and then of every number done.
    """

    def __init__(
        self,
        registered: RegisteredView,
        source: ViewSource,
        *,
        progress_store: ProgressStore,
        client: Any,
        table: str,
        shown: Callable[[int], Callable[[int], None]],
    ) -> None:
        self._registered = registered
        self._source = source
        self._progress_store = progress_store
        self._client = client
        self._table = table
        self._shown = shown

    def run(self, until: datetime, *, full: bool) -> Materialized:
        """Finish what was interrupted, then do what was asked; rows that DynamoDB does not take are skipped.

        What was interrupted is not finished first if `full`: all rows are looked at anyway.
        """
        name = self._registered.name
        progress = self._progress_store.read(name)
        tally = _Tally()
        if not full and progress.target is not None and self._there(progress.target.snapshot_id):
            self._do(progress.target, progress.done, after=progress.written, tally=tally)
            progress = self._progress_store.read(name)
        target = Target(self._source.snapshot_id, until, full)
        done = progress.done
        if full or done is None or (done.snapshot_id, done.until) != (target.snapshot_id, until):
            self._progress_store.begin(name, target)
            self._do(target, done, after=0, tally=tally)
        if tally.skipped:
            _log.warning(
                "%s: %d rows are not online, e.g. %s", name, tally.skipped, tally.skipped_rows[0].problem
            )
        return Materialized(
            view=name,
            snapshot_id=target.snapshot_id,
            until=until,
            entities=tally.entities,
            written=tally.written,
            skipped=tally.skipped,
            skipped_rows=tuple(tally.skipped_rows),
            note=self._outlived(until) if not tally.entities else None,
        )

    def _outlived(self, until: datetime) -> str | None:
        """Return a note, if the view's newest row until then has outlived the ttl: no row is to be online."""
        view = self._registered.view
        if view.ttl is None:
            return None
        times = self._source.batches([view.event_time], TimeRange(None, until), memory_limit=MEMORY_LIMIT)
        newest = max((_newest_until(table[view.event_time], until) for table in times), default=_NEVER)
        if newest == _NEVER or newest >= until - view.ttl:
            return None
        return f"no row is online: the newest is of {newest:%Y-%m-%d %H:%M:%S} UTC, and the view's ttl is {view.ttl}"

    def _do(self, target: Target, done: Completed | None, *, after: int, tally: _Tally) -> None:
        name = self._registered.name
        rows = latest_rows(self._at(target.snapshot_id), target.until, self._since(target, done))
        advanced = self._shown(rows.height - after)
        # The rows are the same in every attempt, and in the same order.
        for start in range(after, rows.height, _CHUNK):
            chunk = rows.slice(start, _CHUNK)
            self._write(chunk.iter_rows(named=True), tally)
            self._progress_store.advance(name, target, start + chunk.height)
            advanced(chunk.height)
        self._progress_store.finish(name, target, _latest(rows, self._registered.view.event_time))
        tally.entities += max(0, rows.height - after)

    def _write(self, rows: Iterable[dict[str, Any]], tally: _Tally) -> None:
        """Write rows online; those that DynamoDB does not take are skipped, whether found here or by it."""
        encoded = []
        for row in rows:
            try:
                encoded.append((row, encode(self._registered, row)))
            except FeatureDataError as error:
                tally.skip(self._skipped(row, error.problem))
        with translate_errors(f"write features online to {self._table}"):
            results = write_items(self._client, self._table, [item for _, item in encoded])
        for (row, _), result in zip(encoded, results, strict=True):
            tally.written += result.newer
            if result.refusal is not None:
                tally.skip(self._skipped(row, result.refusal))

    def _skipped(self, row: dict[str, Any], problem: str) -> SkippedRow:
        view = self._registered.view
        # Keys may be as long as what makes DynamoDB refuse the row.
        keys = {key: f"{row[key]!s:.200}" for key in view.keys}
        return SkippedRow(keys=keys, event_time=row[view.event_time], problem=problem)

    def _since(self, target: Target, done: Completed | None) -> Baseline | None:
        if target.full or done is None or not self._there(done.snapshot_id):
            return None  # an expired snapshot cannot say which files are new
        return Baseline(self._at(done.snapshot_id), done.until)

    def _at(self, snapshot_id: int | None) -> ViewSource:
        return replace(self._source, snapshot_id=snapshot_id)

    def _there(self, snapshot_id: int | None) -> bool:
        return snapshot_id is None or self._source.table.snapshot_by_id(snapshot_id) is not None


def _newest_until(times: "pa.ChunkedArray", until: datetime) -> datetime:
    import pyarrow.compute as pc

    newest = pc.max(times.filter(pc.less_equal(times, until))).as_py()
    return _NEVER if newest is None else newest


def _latest(rows: "pl.DataFrame", event_time: str) -> datetime | None:
    latest = rows[event_time].max()
    assert latest is None or isinstance(latest, datetime)  # noqa: S101 - of a column of times
    return latest
