"""Materialization: writes the latest rows of a view online; resumes after an interruption."""

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
from terrarium.features.online._write_items import write_items
from terrarium.features.online.item import encode
from terrarium.features.online.latest_rows import Baseline, latest_rows
from terrarium.features.online.progress_store import Completed, ProgressStore, Target

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

__all__ = ["Materialization", "Materialized", "SkippedRow"]

_log = logging.getLogger(__name__)

_NEVER = datetime.min.replace(tzinfo=UTC)
_CHUNK = 500  # entities between two updates of the stored progress
_NAMED = 100  # skipped rows that are reported one by one; the others are only counted


class SkippedRow(Definition):
    """A row that DynamoDB does not accept.

    Attributes:
        keys: Keys of the row's entity.
        event_time: Event time of the row.
        problem: Why the row is not online. The previous row of the entity stays online.
    """

    keys: dict[str, str]
    event_time: datetime
    problem: str


class Materialized(Definition):
    """Result of a materialization.

    Attributes:
        view: View with its version.
        snapshot_id: Snapshot of the source that is online now.
        until: Event time until which rows are online.
        entities: Number of entities that were processed; without those that an interrupted attempt had processed.
        written: Number of entities with a newer row than the one online.
        skipped: Number of rows that DynamoDB does not accept.
        skipped_rows: These rows, at most 100 of them.
        note: Why no entity was processed, if the ttl of the view is the reason.
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
    """Counts of a materialization that is running."""

    entities: int = 0
    written: int = 0
    skipped: int = 0
    skipped_rows: list[SkippedRow] = field(default_factory=list)

    def skip(self, row: SkippedRow) -> None:
        self.skipped += 1
        if self.skipped <= _NAMED:
            self.skipped_rows.append(row)


class Materialization:
    """Materialization of one view.

    Args:
        registered: The view.
        source: Its source at the latest snapshot.
        progress_store: The stored progress of all views.
        client: The DynamoDB client of boto3.
        table: Name of the online table.
        shown: Is called with the number of entities to process, and returns a function that is called with every
            number processed.
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
        """Finish an interrupted materialization, then materialize until a time; skip rows that DynamoDB refuses.

        With `full`, an interrupted materialization is not finished first, because all rows are processed anyway.
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
        """Return a note if the view's newest row until then is older than the ttl, so that no row is online."""
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
        # Every attempt computes the same rows in the same order.
        for start in range(after, rows.height, _CHUNK):
            chunk = rows.slice(start, _CHUNK)
            self._write(chunk.iter_rows(named=True), tally)
            self._progress_store.advance(name, target, start + chunk.height)
            advanced(chunk.height)
        self._progress_store.finish(name, target, _latest(rows, self._registered.view.event_time))
        tally.entities += max(0, rows.height - after)

    def _write(self, rows: Iterable[dict[str, Any]], tally: _Tally) -> None:
        """Write rows online; skip those that DynamoDB does not accept, found here or by its response."""
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
        # The key itself may be what DynamoDB refuses for its length.
        keys = {key: f"{row[key]!s:.200}" for key in view.keys}
        return SkippedRow(keys=keys, event_time=row[view.event_time], problem=problem)

    def _since(self, target: Target, done: Completed | None) -> Baseline | None:
        if target.full or done is None or not self._there(done.snapshot_id):
            return None  # without the expired snapshot, new files cannot be distinguished from old ones
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
    assert latest is None or isinstance(latest, datetime)  # noqa: S101 - for the type checker
    return latest
