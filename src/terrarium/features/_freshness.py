"""Age of the newest row of each view, offline and online."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from terrarium.features.definition.model import Definition
from terrarium.features.offline.view_source import ViewSource
from terrarium.features.online.item import from_microseconds

if TYPE_CHECKING:
    from terrarium.features.online.progress_store import Progress

__all__ = ["Freshness", "freshness_of", "newest_event"]


class Freshness(Definition):
    """Age of the newest rows of one view.

    Attributes:
        view: View with its version.
        newest_offline: Event time of the newest row of the source; None if there is none.
        newest_online: Event time of the newest materialized row.
        online_until: Event time until which all rows are materialized; None before the first materialization.
        in_progress: Whether a materialization is running or was interrupted.
        at: Time of this measurement.
    """

    view: str
    newest_offline: datetime | None
    newest_online: datetime | None
    online_until: datetime | None
    in_progress: bool
    at: datetime

    @property
    def offline_age(self) -> timedelta | None:
        """Age of the newest row of the source."""
        return None if self.newest_offline is None else self.at - self.newest_offline

    @property
    def online_age(self) -> timedelta | None:
        """Age of the newest materialized row."""
        return None if self.newest_online is None else self.at - self.newest_online


def freshness_of(view: str, source: ViewSource | None, progress: "Progress", at: datetime) -> Freshness:
    """Return the freshness of a view from its source, which may not exist yet, and its progress."""
    return Freshness(
        view=view,
        newest_offline=newest_event(source) if source else None,
        newest_online=progress.done.newest_event if progress.done else None,
        online_until=progress.done.until if progress.done else None,
        in_progress=progress.target is not None,
        at=at,
    )


def newest_event(source: ViewSource) -> datetime | None:
    """Return the latest event time of a source, from Iceberg's file statistics; no rows are read."""
    from pyiceberg.conversions import from_bytes
    from pyiceberg.types import TimestamptzType

    if source.snapshot_id is None:
        return None
    event_time = source.table.schema().find_field(source.view.event_time).field_id
    bounds = [task.file.upper_bounds.get(event_time) for task in source.tasks()]
    known = (
        from_microseconds(_microseconds(from_bytes(TimestamptzType(), bound)))
        for bound in bounds
        if bound is not None
    )
    return max(known, default=None)


def _microseconds(value: object) -> int:
    assert isinstance(value, int)  # noqa: S101 - PyIceberg returns times as integers
    return value
