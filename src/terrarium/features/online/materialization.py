"""Brings the newest rows of a view online: from the start or since the last time, again after any interruption."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from terrarium.aws import explained
from terrarium.features.definition.model import Definition
from terrarium.features.definition.registered import RegisteredView
from terrarium.features.offline.source import Source
from terrarium.features.online.item import encode
from terrarium.features.online.newest import Since, newest_rows
from terrarium.features.online.progress import Done, Marks, Target
from terrarium.features.online.write import write_items

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Materialization", "Materialized"]

_CHUNK = 500  # entities between two marks


class Materialized(Definition):
    """What a materialization did.

    Attributes:
        view: With its version.
        snapshot_id: Of the source, that is online now.
        until: Event time until which it is.
        entities: How many were looked at; those that an interrupted attempt had done are not among them.
        written: For how many there was something newer than what was online.
    """

    view: str
    snapshot_id: int | None
    until: datetime
    entities: int = 0
    written: int = 0


class Materialization:
    """Of one view.

    Args:
        registered: The view.
        source: Its rows as they are now.
        marks: How far it is.
        client: boto3's for DynamoDB.
        table: The online table.
        shown: Is told how many entities there are to do, and then of every number done.
    """

    def __init__(
        self,
        registered: RegisteredView,
        source: Source,
        *,
        marks: Marks,
        client: Any,
        table: str,
        shown: Callable[[int], Callable[[int], None]],
    ) -> None:
        self._registered = registered
        self._source = source
        self._marks = marks
        self._client = client
        self._table = table
        self._shown = shown

    def run(self, until: datetime, *, full: bool) -> Materialized:
        """Finish what was interrupted, then do what was asked."""
        name = self._registered.name
        progress = self._marks.read(name)
        entities = written = 0
        if progress.target is not None and self._there(progress.target.snapshot_id):
            entities, written = self._do(progress.target, progress.done, after=progress.written)
            progress = self._marks.read(name)
        target = Target(self._source.snapshot_id, until, full)
        if (
            full
            or progress.done is None
            or (progress.done.snapshot_id, progress.done.until)
            != (
                target.snapshot_id,
                until,
            )
        ):
            self._marks.begin(name, target)
            more = self._do(target, progress.done, after=0)
            entities, written = entities + more[0], written + more[1]
        return Materialized(
            view=name, snapshot_id=target.snapshot_id, until=until, entities=entities, written=written
        )

    def _do(self, target: Target, done: Done | None, *, after: int) -> tuple[int, int]:
        name = self._registered.name
        rows = newest_rows(self._at(target.snapshot_id), target.until, self._since(target, done))
        advanced = self._shown(rows.height - after)
        written = 0
        # The rows are the same in every attempt, and in the same order.
        for start in range(after, rows.height, _CHUNK):
            chunk = rows.slice(start, _CHUNK)
            items = [encode(self._registered, row) for row in chunk.iter_rows(named=True)]
            with explained(f"write features online to {self._table}"):
                written += write_items(self._client, self._table, items)
            self._marks.advance(name, target, start + chunk.height)
            advanced(chunk.height)
        self._marks.finish(name, target, _latest(rows, self._registered.view.event_time))
        return max(0, rows.height - after), written

    def _since(self, target: Target, done: Done | None) -> Since | None:
        if target.full or done is None or not self._there(done.snapshot_id):
            return None  # an expired snapshot cannot say which files are new
        return Since(self._at(done.snapshot_id), done.until)

    def _at(self, snapshot_id: int | None) -> Source:
        return replace(self._source, snapshot_id=snapshot_id)

    def _there(self, snapshot_id: int | None) -> bool:
        return snapshot_id is None or self._source.table.snapshot_by_id(snapshot_id) is not None


def _latest(rows: "pl.DataFrame", event_time: str) -> datetime | None:
    latest = rows[event_time].max()
    assert latest is None or isinstance(latest, datetime)  # noqa: S101 - of a column of times
    return latest
