"""Expiry of versions: deletion of their own files, while other versions stay readable."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table

from terrarium.datasets.errors import VersionNotFoundError
from terrarium.datasets.removal.expiry import delete_unused_files, remove_snapshots
from terrarium.datasets.rows import Rows
from terrarium.datasets.versions import Version, find_snapshot, versions_of
from terrarium.warehouse.table_files import files_of_snapshots
from tests.unit.datasets.local_tables import local_table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """x is 0; then 0 and 1; 2; 2 and 3."""
    table = local_table(tmp_path, rows(0))
    table.append(rows(1))
    table.overwrite(rows(2))
    table.append(rows(3))
    return table


def rows(x: int) -> pa.Table:
    return pa.table({"x": [x]})


def expire(table: Table, *ids: int) -> None:
    files = files_of_snapshots(
        table.io, [snapshot for snapshot in table.snapshots() if snapshot.snapshot_id in ids]
    )
    remove_snapshots(table, ids)
    delete_unused_files(table, files)


def read(table: Table, snapshot: int) -> list[int]:
    found: list[int] = sorted(Rows(table, snapshot).to_arrow()["x"].to_pylist())
    return found


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.suffix in (".parquet", ".avro")}


def test_remaining_versions_are_still_readable(table: Table) -> None:
    latest, *middle, first = versions_of(table)
    expire(table, *(version.snapshot_id for version in middle))
    assert [version.snapshot_id for version in versions_of(table)] == [latest.snapshot_id, first.snapshot_id]
    assert read(table, latest.snapshot_id) == [2, 3]
    assert read(table, first.snapshot_id) == [0]


def test_deletes_files_that_no_version_uses(table: Table, tmp_path: Path) -> None:
    before, ids = files(tmp_path), [version.snapshot_id for version in versions_of(table)]
    data = {path for path in before if path.suffix == ".parquet"}
    expire(table, *ids[1:])
    left = files(tmp_path)
    assert len(data & left) == 2, "those of 2 and 3; 0 and 1 are in no version"
    assert {
        Path(task.file.file_path.removeprefix("file://")) for task in table.scan().plan_files()
    } == data & left
    lists = {Path(snapshot.manifest_list.removeprefix("file://")) for snapshot in table.snapshots()}
    assert {path for path in left if path.name.startswith("snap-")} == lists


def test_a_time_of_an_expired_version_does_not_return_an_earlier_version(table: Table) -> None:
    latest, *_, second, first = versions_of(table)
    expire(table, second.snapshot_id)

    def at(version: Version) -> int:
        return find_snapshot(table, name="rows", snapshot=None, tag=None, time=version.committed)

    assert at(latest) == latest.snapshot_id
    with pytest.raises(VersionNotFoundError, match="has expired"):
        at(second)
    assert read(table, first.snapshot_id) == [0]


def test_a_version_that_is_tagged_in_the_meantime_stays(table: Table) -> None:
    first = versions_of(table)[-1].snapshot_id
    other = table.catalog.load_table(table.name())
    other.manage_snapshots().create_tag(first, "baseline").commit()
    with pytest.raises(CommitFailedException, match="tagged by now"):
        remove_snapshots(table, [first])
    assert table.refresh().snapshot_by_id(first) is not None
