"""The versions of a dataset: the snapshots of its table."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict

from terrarium.datasets.errors import VersionNotFoundError

if TYPE_CHECKING:
    from pyiceberg.table import Table
    from pyiceberg.table.snapshots import Snapshot

__all__ = ["RUN", "Version", "find_snapshot", "version_tags", "versions_of"]

RUN = "terrarium.run"  # property of a snapshot: id of the MLflow run that wrote it


class Version(BaseModel):
    """One snapshot of a dataset.

    Attributes:
        snapshot_id: Its id, for good.
        parent_id: Of the one before.
        committed: Aware, UTC.
        operation: `append`, `overwrite`, `delete` or `replace`.
        rows: How many it has.
        added_rows: By this snapshot.
        deleted_rows: By this snapshot; those that were written anew, count in both.
        tags: That name it.
        run: Id of the run that wrote it, if one did.
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
        """What Iceberg knows of a snapshot."""
        summary = snapshot.summary.additional_properties if snapshot.summary else {}
        total = summary.get("total-records")
        return cls(
            snapshot_id=snapshot.snapshot_id,
            parent_id=snapshot.parent_snapshot_id,
            committed=datetime.fromtimestamp(snapshot.timestamp_ms / 1000, tz=UTC),
            operation=snapshot.summary.operation.value if snapshot.summary else "append",
            rows=None if total is None else int(total),
            added_rows=int(summary.get("added-records", 0)),
            deleted_rows=int(summary.get("deleted-records", 0)),
            tags=tags,
            run=summary.get(RUN),
        )


def versions_of(table: "Table") -> tuple[Version, ...]:
    """Every one that led to the current one and has not expired, the latest first."""
    tags = version_tags(table)
    found = []
    snapshot = table.current_snapshot()
    while snapshot is not None:
        named = tuple(sorted(tag for tag, id_ in tags.items() if id_ == snapshot.snapshot_id))
        found.append(Version.of(snapshot, named))
        snapshot = _before(table, snapshot)
    return tuple(found)


def version_tags(table: "Table") -> dict[str, int]:
    """Tag -> id of its snapshot."""
    return {
        name: ref.snapshot_id for name, ref in table.refs().items() if ref.snapshot_ref_type.value == "tag"
    }


def find_snapshot(
    table: "Table", *, name: str, snapshot: int | None, tag: str | None, time: datetime | None
) -> int:
    """The id of the snapshot that exactly one of them means.

    Raises:
        VersionNotFoundError: There is none, or it is not clear which.
    """
    if (snapshot is not None) + (tag is not None) + (time is not None) != 1:
        raise VersionNotFoundError(
            f"a version of dataset {name!r} is named by its snapshot, a tag or a time",
            remedy="name it by one of the three",
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
            f"{time} has no time zone", remedy="say which: datetime(..., tzinfo=datetime.UTC)"
        )
    # In whole numbers: as floats, a version's own time can come out a millisecond before it.
    milliseconds = (time - datetime.fromtimestamp(0, tz=UTC)) // timedelta(milliseconds=1)
    found = table.snapshot_as_of_timestamp(milliseconds)
    if found is None:
        raise _missing(
            f"dataset {name!r} had no version yet at {time.isoformat()}, or none that is still there"
        )
    if _expired_after(table, found):
        raise _missing(f"the version of dataset {name!r} at {time.isoformat()} has expired, or may have")
    return found.snapshot_id


def _before(table: "Table", snapshot: "Snapshot") -> "Snapshot | None":
    if snapshot.parent_snapshot_id is not None:
        return table.snapshot_by_id(snapshot.parent_snapshot_id)
    # Where its parent expired, Iceberg forgets which it was.
    earlier = [other for other in table.snapshots() if _number(other) < _number(snapshot)]
    return max(earlier, key=_number, default=None)


def _number(snapshot: "Snapshot") -> int:
    return snapshot.sequence_number or 0


def _expired_after(table: "Table", snapshot: "Snapshot") -> bool:
    """Whether the one that came next knows no parent: there was another in between."""
    ids = [entry.snapshot_id for entry in table.history()]
    following = ids[ids.index(snapshot.snapshot_id) + 1 :]
    then = table.snapshot_by_id(following[0]) if following else None
    return then is not None and then.parent_snapshot_id is None


def _missing(problem: str) -> VersionNotFoundError:
    return VersionNotFoundError(problem, remedy="lab.datasets.get(name).versions() lists them")
