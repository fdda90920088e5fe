"""Data files are written before the commit: in bounded memory, in order, and deleted if the write is refused."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.table import Table
from pyiceberg.types import LongType

from terrarium.datasets.constraints import Range
from terrarium.datasets.constraints.constraint_checker import ConstraintChecker
from terrarium.datasets.errors import DatasetConflictError
from terrarium.datasets.writing.commit import staged_transaction
from terrarium.datasets.writing.row_source import RowSource
from terrarium.datasets.writing.staging import Staging
from tests.unit.datasets.local_tables import local_table

MEBIBYTE = 1024**2


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return local_table(tmp_path, pa.table({"x": [0, 1]}))


def files(folder: Path) -> set[Path]:
    return set(folder.rglob("*.parquet"))


def test_writes_a_large_stream_in_chunks(table: Table) -> None:
    """640 MiB pass by, and never are more than three chunks of 128 MiB there."""
    before = pa.total_allocated_bytes()
    most = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal most
        for _ in range(40):
            most = max(most, pa.total_allocated_bytes() - before)
            yield _batch()

    reader = pa.RecordBatchReader.from_batches(pa.schema({"x": pa.int64()}), batches())
    staging = Staging(table.transaction(), table.io)
    staging.stage(RowSource.of(reader))
    assert sum(file.record_count for file in staging.files) == 40 * 2 * MEBIBYTE
    assert len(staging.files) == 5
    assert most < 3 * 128 * MEBIBYTE


def _batch() -> pa.RecordBatch:
    """16 MiB, of Arrow's own memory, which is counted."""
    return pa.record_batch([pa.nulls(2 * MEBIBYTE, pa.int64()).fill_null(7)], names=["x"])


def test_only_checks_after_the_first_violation(table: Table, tmp_path: Path) -> None:
    before = files(tmp_path)
    checker = ConstraintChecker("rows", (Range(column="x", minimum=0),), target=lambda _: iter(()))
    staging = Staging(table.transaction(), table.io)
    staging.stage(RowSource.of(pa.table({"x": [1, -1]})), checker)
    assert files(tmp_path) == before
    assert checker.broken


def test_an_error_within_the_block_leaves_no_file(table: Table, tmp_path: Path) -> None:
    before = files(tmp_path)
    written = 0

    def write_and_fail() -> None:
        nonlocal written
        with staged_transaction(table, doing="write") as (_, staging):
            staging.stage(RowSource.of(pa.table({"x": [2]})))
            written = len(files(tmp_path) - before)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert written == 1
    assert files(tmp_path) == before


def test_a_failed_commit_leaves_no_file_and_gives_the_reason(table: Table, tmp_path: Path) -> None:
    before = files(tmp_path)
    stale = table.catalog.load_table(("features", "rows"))

    def rename_too_late() -> None:
        with staged_transaction(stale, doing="rename") as (transaction, staging):
            staging.stage(RowSource.of(pa.table({"x": [2]})))
            with transaction.update_schema() as update:
                update.rename_column("x", "y")
            with table.update_schema() as quicker:
                quicker.add_column("z", LongType())

    with pytest.raises(DatasetConflictError, match="cannot rename: another write changed it in the meantime"):
        rename_too_late()
    assert files(tmp_path) == before
