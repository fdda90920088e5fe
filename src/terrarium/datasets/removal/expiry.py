"""Versions of a dataset that expire, and the files that only they had."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Literal

from terrarium.datasets.refusals import explained_files
from terrarium.datasets.writing.commit import limit_tries
from terrarium.datasets.writing.staging import delete_files

if TYPE_CHECKING:
    from pyiceberg.io import FileIO
    from pyiceberg.table import Table
    from pyiceberg.table.metadata import TableMetadata
    from pyiceberg.table.snapshots import Snapshot

__all__ = ["delete_unreferred", "forget_snapshots"]


def forget_snapshots(table: "Table", ids: Collection[int]) -> None:
    """Commit that a table does not have these snapshots any more; their files stay.

    Raises:
        CommitFailedException: Somebody changed the table meanwhile, or tagged one of them: look again.
    """
    from pyiceberg.exceptions import CommitFailedException
    from pyiceberg.table.update import ValidatableTableRequirement

    class StillUntagged(ValidatableTableRequirement):
        """PyIceberg asks again with what the table is when it commits; by itself, it would remove the tag as well."""

        type: Literal["terrarium-still-untagged"] = "terrarium-still-untagged"

        def validate(self, base_metadata: "TableMetadata | None") -> None:  # type: ignore[override] # PyIceberg's, not pydantic's
            tagged = {ref.snapshot_id for ref in base_metadata.refs.values()} if base_metadata else set()
            if tagged & set(ids):
                raise CommitFailedException(f"snapshots {sorted(tagged & set(ids))} are tagged by now")

    limit_tries(table)
    expiry = table.maintenance.expire_snapshots().by_ids(list(ids))
    expiry._requirements = (StillUntagged(),)  # type: ignore[assignment] # its type lists those it has
    expiry.commit()


def delete_unreferred(table: "Table", expired: "Iterable[Snapshot]") -> None:
    """Delete the files of snapshots that the table does not have any more, and that none of its others has.

    Args:
        table: As it is after `forget_snapshots`, or later.
        expired: What was forgotten.
    """
    with explained_files("delete files of expired versions"):
        expired = tuple(expired)
        kept = _files(table.io, table.snapshots())
        gone = _files(table.io, expired)
        delete_files(table.io, sorted(gone - kept))


def _files(io: "FileIO", snapshots: "Iterable[Snapshot]") -> set[str]:
    """The paths of all that snapshots are made of; what several share is read once."""
    snapshots = tuple(snapshots)
    manifests = {
        manifest.manifest_path: manifest for snapshot in snapshots for manifest in snapshot.manifests(io)
    }
    data = {
        entry.data_file.file_path
        for manifest in manifests.values()
        for entry in manifest.fetch_manifest_entry(io, discard_deleted=True)
    }
    return data | manifests.keys() | {snapshot.manifest_list for snapshot in snapshots}
