"""Expiry of versions: removal of snapshots, and deletion of the files that only they use."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

from terrarium.datasets.storage_errors import translate_file_errors
from terrarium.datasets.writing.commit import limit_tries
from terrarium.datasets.writing.staging import delete_files
from terrarium.warehouse.table_files import files_of_snapshots

if TYPE_CHECKING:
    from pyiceberg.table import Table
    from pyiceberg.table.metadata import TableMetadata

__all__ = ["delete_unused_files", "remove_snapshots"]


def remove_snapshots(table: "Table", ids: Collection[int]) -> None:
    """Commit the removal of snapshots from a table; their files stay.

    Raises:
        CommitFailedException: The table was changed, or a snapshot was tagged, in the meantime: look again.
    """
    from pyiceberg.exceptions import CommitFailedException
    from pyiceberg.table.update import ValidatableTableRequirement

    class StillUntagged(ValidatableTableRequirement):
        """PyIceberg validates this with the table at the time of the commit; otherwise it would remove the tag."""

        type: Literal["terrarium-still-untagged"] = "terrarium-still-untagged"

        def validate(self, base_metadata: "TableMetadata | None") -> None:  # type: ignore[override] # PyIceberg's, not pydantic's
            tagged = {ref.snapshot_id for ref in base_metadata.refs.values()} if base_metadata else set()
            if tagged & set(ids):
                raise CommitFailedException(f"snapshots {sorted(tagged & set(ids))} are tagged by now")

    limit_tries(table)
    expiry = table.maintenance.expire_snapshots().by_ids(list(ids))
    expiry._requirements = (StillUntagged(),)  # type: ignore[assignment] # its type lists those it has
    expiry.commit()


def delete_unused_files(table: "Table", files: set[str]) -> None:
    """Delete files of removed snapshots, except those that other snapshots of the table use.

    Args:
        table: The table after `remove_snapshots`, or later.
        files: Files of the removed snapshots.
    """
    with translate_file_errors("delete files of expired versions"):
        kept = files_of_snapshots(table.io, table.snapshots())
        delete_files(table.io, sorted(files - kept))
