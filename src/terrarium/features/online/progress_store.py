"""Progress of each view's materialization, in the metadata database."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["Completed", "Progress", "ProgressStore", "Target"]


_READ = (
    "SELECT snapshot_id, until, newest_event, target_snapshot_id, target_until, target_full, written"
    " FROM features.materializations WHERE view = %s"
)
_BEGIN = (
    "INSERT INTO features.materializations (view, target_snapshot_id, target_until, target_full)"
    " VALUES (%s, %s, %s, %s) ON CONFLICT (view) DO UPDATE SET target_snapshot_id = excluded.target_snapshot_id,"
    " target_until = excluded.target_until, target_full = excluded.target_full, written = 0,"
    " changed_at = clock_timestamp()"
)
# The condition on the target makes the update a no-op if another process has set another target.
_ADVANCE = (
    "UPDATE features.materializations SET written = greatest(written, %s), changed_at = clock_timestamp()"
    " WHERE view = %s AND target_snapshot_id IS NOT DISTINCT FROM %s::bigint AND target_until = %s"
    " AND target_full = %s"
)
_FINISH = (
    "UPDATE features.materializations SET snapshot_id = target_snapshot_id, until = target_until,"
    " newest_event = greatest(newest_event, %s), target_snapshot_id = NULL, target_until = NULL,"
    " target_full = false, written = 0, changed_at = clock_timestamp()"
    " WHERE view = %s AND target_snapshot_id IS NOT DISTINCT FROM %s::bigint AND target_until = %s"
    " AND target_full = %s"
)


@dataclass(frozen=True)
class Completed:
    """A finished materialization: rows until a time, of a snapshot, and the event time of the newest row."""

    snapshot_id: int | None
    until: datetime
    newest_event: datetime | None


@dataclass(frozen=True)
class Target:
    """A materialization to finish; `full` if rows that are online already are processed again."""

    snapshot_id: int | None
    until: datetime
    full: bool


@dataclass(frozen=True)
class Progress:
    """Progress of one view with its version.

    Args:
        done: The last finished materialization.
        target: A materialization that was begun since then, and not finished.
        written: Number of entities of the target that are written.
    """

    done: Completed | None = None
    target: Target | None = None
    written: int = 0


class ProgressStore:
    """Stored progress of all views.

    Args:
        engine: Engine of the metadata database's writer; or its reader, for reading only.
    """

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def read(self, view: str) -> Progress:
        """Return the progress of a view."""
        with self._engine.connect() as connection:
            row = connection.exec_driver_sql(_READ, (view,)).one_or_none()
        if row is None:
            return Progress()
        return Progress(
            None if row.until is None else Completed(row.snapshot_id, row.until, row.newest_event),
            None
            if row.target_until is None
            else Target(row.target_snapshot_id, row.target_until, row.target_full),
            row.written,
        )

    def begin(self, view: str, target: Target) -> None:
        """Store the target, so that the next process resumes it after an interruption."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(_BEGIN, _of(view, target))

    def advance(self, view: str, target: Target, written: int) -> None:
        """Store how many entities of `target` are written; do nothing if another process has set another target."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(_ADVANCE, (written, *_of(view, target)))

    def finish(self, view: str, target: Target, newest_event: datetime | None) -> None:
        """Mark `target` as materialized."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(_FINISH, (newest_event, *_of(view, target)))


def _of(view: str, target: Target) -> tuple[object, ...]:
    return (view, target.snapshot_id, target.until, target.full)
