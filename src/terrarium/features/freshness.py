"""How old what is known of each view is, offline and online."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from terrarium.features.definition.model import Definition
from terrarium.features.offline.view_source import ViewSource
from terrarium.features.online.item import moment

if TYPE_CHECKING:
    from terrarium.features.online.progress_store import Progress

__all__ = ["Freshness", "freshness_of", "newest_event"]


class Freshness(Definition):
    """Of one view.

    Attributes:
        view: With its version.
        newest_offline: Event time of the newest row of its source; None while there is none.
        newest_online: Event time of the newest row that was brought online.
        online_until: Event time until which all rows are online; None before the first materialization.
        in_progress: Whether a materialization is under way, or was interrupted.
        at: When this was found out.
    """

    view: str
    newest_offline: datetime | None
    newest_online: datetime | None
    online_until: datetime | None
    in_progress: bool
    at: datetime

    @property
    def offline_age(self) -> timedelta | None:
        """Of the newest row."""
        return None if self.newest_offline is None else self.at - self.newest_offline

    @property
    def online_age(self) -> timedelta | None:
        """Of the newest row that is online."""
        return None if self.newest_online is None else self.at - self.newest_online


def freshness_of(view: str, source: ViewSource | None, progress: "Progress", at: datetime) -> Freshness:
    """Of a view, its source, if there is one yet, and its mark."""
    return Freshness(
        view=view,
        newest_offline=newest_event(source) if source else None,
        newest_online=progress.done.newest_event if progress.done else None,
        online_until=progress.done.until if progress.done else None,
        in_progress=progress.target is not None,
        at=at,
    )


def newest_event(source: ViewSource) -> datetime | None:
    """The latest event time of a source, from what Iceberg knows of its files; their rows are not read."""
    from pyiceberg.conversions import from_bytes
    from pyiceberg.types import TimestamptzType

    if source.snapshot_id is None:
        return None
    event_time = source.table.schema().find_field(source.view.event_time).field_id
    bounds = [task.file.upper_bounds.get(event_time) for task in source.tasks()]
    known = (
        moment(_microseconds(from_bytes(TimestamptzType(), bound))) for bound in bounds if bound is not None
    )
    return max(known, default=None)


def _microseconds(value: object) -> int:
    assert isinstance(value, int)  # noqa: S101 - as Iceberg has times
    return value
