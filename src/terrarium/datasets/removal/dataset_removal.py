"""`DatasetRemoval`: deletion of datasets, and expiry of their versions."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from terrarium.aws import translate_errors
from terrarium.datasets._tables import change_table, load_table
from terrarium.datasets.errors import DatasetHeldError
from terrarium.datasets.versions import Version, versions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyiceberg.table import Table

    from terrarium.connection import Connection
    from terrarium.warehouse import Warehouse

__all__ = ["DatasetRemoval"]

_SHOWN = 5


class DatasetRemoval:
    """Deletes datasets and expires versions, unless something refers to them.

    Args:
        connection: The environment.
        warehouse: The tables.
        views_of: Returns the names of the feature views that read a dataset.
    """

    def __init__(
        self, connection: "Connection", *, warehouse: "Warehouse", views_of: "Callable[[str], Sequence[str]]"
    ) -> None:
        self._connection = connection
        self._warehouse = warehouse
        self._views_of = views_of

    def drop(self, name: str, *, force: bool = False) -> None:
        """Delete a dataset; see `Datasets.drop`."""
        from terrarium.datasets._discovery import list_datasets
        from terrarium.datasets.removal._references import name_references, version_references

        warehouse = self._warehouse
        table = load_table(warehouse, name)
        datasets = tuple(list_datasets(self._connection.session, warehouse))
        by_snapshot = version_references(self._connection.database, datasets, name, table)
        held = [by for several in by_snapshot.values() for by in several]
        holders = sorted({*held, *name_references(datasets, self._views_of(name), name=name)})
        if holders and not force:
            more = f" and {len(holders) - _SHOWN} more" if len(holders) > _SHOWN else ""
            raise DatasetHeldError(
                f"dataset {name!r} is needed by {', '.join(holders[:_SHOWN])}{more}",
                remedy="keep it. Or delete it anyway, after which nothing that reads it can be reproduced: "
                f"lab.datasets.drop({name!r}, force=True), or `terrarium datasets drop {name} --force`",
            )
        with translate_errors(f"drop dataset {name!r}"):
            warehouse.catalog.purge_table((warehouse.database, warehouse.table_name(name)))

    def expirable(self, name: str, *, older_than: timedelta) -> tuple[Version, ...]:
        """Return the versions that `expire` would remove; see `Datasets.expirable`."""
        table = load_table(self._warehouse, name)
        return self._expirable(name, table, before=datetime.now(UTC) - older_than)

    def expire(self, name: str, *, older_than: timedelta) -> tuple[Version, ...]:
        """Remove old versions; see `Datasets.expire`."""
        from terrarium.datasets.removal.expiry import delete_unused_files, remove_snapshots
        from terrarium.datasets.version_lock import expiring

        before = datetime.now(UTC) - older_than
        expired: tuple[Version, ...] = ()
        files: set[str] = set()

        def change(table: "Table") -> None:
            nonlocal expired, files
            with expiring(self._connection.database, name):
                expired = self._expirable(name, table, before=before)
                ids = {version.snapshot_id for version in expired}
                files = self._own_files(table, ids)
                if ids:
                    remove_snapshots(table, ids)

        table = change_table(self._warehouse, name, change)
        delete_unused_files(table.refresh(), files)
        return expired

    def _own_files(self, table: "Table", snapshots: set[int]) -> set[str]:
        """Return the files of some snapshots of a table, all of which must be in its folder."""
        from terrarium.datasets.storage_errors import translate_file_errors
        from terrarium.warehouse.table_files import check_own_files, files_of_snapshots, table_folder

        chosen = [snapshot for snapshot in table.snapshots() if snapshot.snapshot_id in snapshots]
        with translate_file_errors("read the files of versions that expire"):
            files = files_of_snapshots(table.io, chosen)
        name = table.name()[-1]
        check_own_files(name, files, folder=table_folder(self._connection.manifest.features.warehouse, name))
        return files

    def _expirable(self, name: str, table: "Table", *, before: datetime) -> tuple[Version, ...]:
        from terrarium.datasets._discovery import list_datasets
        from terrarium.datasets.removal._references import version_references

        versions = versions_of(table)
        replaced = {older.snapshot_id: newer.committed for newer, older in pairwise(versions)}
        datasets = list_datasets(self._connection.session, self._warehouse)
        held = version_references(self._connection.database, datasets, name, table)
        return tuple(
            version
            for version in versions[1:]
            if replaced[version.snapshot_id] < before and version.snapshot_id not in held
        )
