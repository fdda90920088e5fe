"""Versions of a dataset: the snapshots of its table."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict

from terrarium.datasets.errors import VersionNotFoundError
from terrarium.epoch import from_epoch_ms, to_epoch_ms

if TYPE_CHECKING:
    from pyiceberg.table import Table
    from pyiceberg.table.snapshots import Snapshot

__all__ = ["RUN", "Version", "find_snapshot", "version_tags", "versions_of"]

RUN = "terrarium.run"  # property of a snapshot: id of the MLflow run that wrote it


class Version(BaseModel):
    """One snapshot of a dataset.

    Attributes:
        snapshot_id: Id of the snapshot, which never changes.
        parent_id: Id of the snapshot before.
        committed: Time of the commit, in UTC.
        operation: `append`, `overwrite`, `delete` or `replace`.
        rows: Number of rows.
        added_rows: Number of rows that this snapshot added.
        deleted_rows: Number of rows that this snapshot deleted. Rows of rewritten files count as both.
        tags: Tags of the snapshot.
        run: Id of the run that wrote it, if a run did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    snapshot_id: int
    parent_id: int | None = None
    committed: datetime
    operation: str
    rows: int | None = None
    added_rows: int = 0
    deleted_rows: int = 0
    tags: tuple[str, ...] = ()
    run: str | None = None

    @classmethod
    def of(cls, snapshot: "Snapshot", tags: tuple[str, ...]) -> Self:
        """Return the version of an Iceberg snapshot."""
        summary = snapshot.summary.additional_properties if snapshot.summary else {}
        total = summary.get("total-records")
        return cls(
            snapshot_id=snapshot.snapshot_id,
            parent_id=snapshot.parent_snapshot_id,
            committed=from_epoch_ms(snapshot.timestamp_ms),
            operation=snapshot.summary.operation.value if snapshot.summary else "append",
            rows=None if total is None else int(total),
            added_rows=int(summary.get("added-records", 0)),
            deleted_rows=int(summary.get("deleted-records", 0)),
            tags=tags,
            run=summary.get(RUN),
        )


def versions_of(table: "Table") -> tuple[Version, ...]:
    """Return the current version and those before it that have not expired, the latest first."""
    tags = version_tags(table)
    found = []
    snapshot = table.current_snapshot()
    while snapshot is not None:
        named = tuple(sorted(tag for tag, id_ in tags.items() if id_ == snapshot.snapshot_id))
        found.append(Version.of(snapshot, named))
        snapshot = _before(table, snapshot)
    return tuple(found)


def version_tags(table: "Table") -> dict[str, int]:
    """Return tag -> id of its snapshot."""
    return {
        name: ref.snapshot_id for name, ref in table.refs().items() if ref.snapshot_ref_type.value == "tag"
    }


def find_snapshot(
    table: "Table", *, name: str, snapshot: int | None, tag: str | None, time: datetime | None
) -> int:
    """Return the id of the snapshot that exactly one argument names.

    Raises:
        VersionNotFoundError: There is none, or not exactly one argument is given.
    """
    if (snapshot is not None) + (tag is not None) + (time is not None) != 1:
        raise VersionNotFoundError(
            f"a version of dataset {name!r} is given by its snapshot, a tag or a time",
            remedy="give exactly one of the three",
        )
    if snapshot is not None:
        if table.snapshot_by_id(snapshot) is None:
            raise _missing(f"dataset {name!r} has no snapshot {snapshot}")
        return snapshot
    if tag is not None:
        tags = version_tags(table)
        if tag not in tags:
            raise _missing(f"dataset {name!r} has no tag {tag!r}; it has {', '.join(sorted(tags)) or 'none'}")
        return tags[tag]
    assert time is not None  # noqa: S101 - for the type checker: one of the three is given
    if time.tzinfo is None:
        raise VersionNotFoundError(
            f"{time} has no time zone", remedy="add it: datetime(..., tzinfo=datetime.UTC)"
        )
    # In integers: as a float, a version's own time can be rounded to a millisecond before it.
    found = table.snapshot_as_of_timestamp(to_epoch_ms(time))
    if found is None:
        raise _missing(f"dataset {name!r} had no version at {time.isoformat()}, or none that still exists")
    if _expired_after(table, found):
        raise _missing(
            f"the version of dataset {name!r} at {time.isoformat()} has expired, or may have expired"
        )
    return found.snapshot_id


def _before(table: "Table", snapshot: "Snapshot") -> "Snapshot | None":
    if snapshot.parent_snapshot_id is not None:
        return table.snapshot_by_id(snapshot.parent_snapshot_id)
    # Iceberg removes the parent's id from a snapshot whose parent has expired.
    earlier = [other for other in table.snapshots() if _number(other) < _number(snapshot)]
    return max(earlier, key=_number, default=None)


def _number(snapshot: "Snapshot") -> int:
    return snapshot.sequence_number or 0


def _expired_after(table: "Table", snapshot: "Snapshot") -> bool:
    """Return whether the snapshot after this one has no parent: a snapshot between them has expired."""
    ids = [entry.snapshot_id for entry in table.history()]
    following = ids[ids.index(snapshot.snapshot_id) + 1 :]
    then = table.snapshot_by_id(following[0]) if following else None
    return then is not None and then.parent_snapshot_id is None


def _missing(problem: str) -> VersionNotFoundError:
    return VersionNotFoundError(problem, remedy="lab.datasets.get(name).versions() lists them")
