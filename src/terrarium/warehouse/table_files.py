"""Files of a table. Only files in the table's folder of the warehouse may be deleted.

Everybody who may commit to a table can write any path into its metadata (Iceberg Table Spec, "Manifests": `file_path`
is a full URI), even the path of a file on the machine of the user who later expires its versions.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from terrarium.warehouse.errors import ForeignFilesError

if TYPE_CHECKING:
    from pyiceberg.io import FileIO
    from pyiceberg.table import Table
    from pyiceberg.table.snapshots import Snapshot

__all__ = ["check_own_files", "files_of_snapshots", "files_of_table", "table_folder"]

_SHOWN = 5


def table_folder(warehouse: str, table: str) -> str:
    """Return the address of a table's folder, with a trailing slash.

    Args:
        warehouse: The `s3://` address of the warehouse.
        table: Name of the table.
    """
    return f"{warehouse.rstrip('/')}/{table}/"


def check_own_files(table: str, files: Iterable[str], *, folder: str) -> None:
    """Refuse files that are outside of a table's folder.

    Args:
        table: Name of the table.
        files: Addresses in the table's metadata.
        folder: The folder, from `table_folder`.

    Raises:
        ForeignFilesError: At least one file is outside; the error names some.
    """
    foreign = sorted(file for file in files if not _is_below(file, folder))
    if foreign:
        more = f" and {len(foreign) - _SHOWN} more" if len(foreign) > _SHOWN else ""
        raise ForeignFilesError(
            f"nothing was deleted: the metadata of table {table!r} names files outside of {folder}: "
            f"{', '.join(map(repr, foreign[:_SHOWN]))}{more}",
            remedy="find out who committed them: lab.datasets.get(name).versions(). Athena can delete the table with "
            f'the files that it wrote: lab.warehouse.query("DROP TABLE {table}")',
        )


def files_of_snapshots(io: "FileIO", snapshots: "Iterable[Snapshot]", *, deleted: bool = False) -> set[str]:
    """Return the addresses of all files of snapshots; shared manifests are read once.

    Args:
        io: Reads the manifests.
        snapshots: Snapshots of one table.
        deleted: Whether to include files that the manifests mark as deleted.
    """
    snapshots = tuple(snapshots)
    manifests = {
        manifest.manifest_path: manifest for snapshot in snapshots for manifest in snapshot.manifests(io)
    }
    data = {
        entry.data_file.file_path
        for manifest in manifests.values()
        for entry in manifest.fetch_manifest_entry(io, discard_deleted=not deleted)
    }
    return data | manifests.keys() | {snapshot.manifest_list for snapshot in snapshots}


def files_of_table(table: "Table") -> set[str]:
    """Return the addresses of all files that the metadata of a table still names, including earlier ones."""
    metadata = table.metadata
    return {
        *files_of_snapshots(table.io, metadata.snapshots, deleted=True),
        *(entry.metadata_file for entry in metadata.metadata_log),
        *(statistics.statistics_path for statistics in metadata.statistics),
        *(statistics.statistics_path for statistics in metadata.partition_statistics),
        table.metadata_location,
    }


def _is_below(file: str, folder: str) -> bool:
    steps = file.removeprefix(folder).split("/")
    return folder.startswith("s3://") and file.startswith(folder) and not {"", ".", ".."} & set(steps)
