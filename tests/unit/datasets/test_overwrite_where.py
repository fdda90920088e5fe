"""Partial overwrite: replaces the chosen rows, and keeps all others."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.table import Table

from terrarium.datasets.constraints import Constraint, Unique
from terrarium.datasets.errors import (
    ConstraintsViolatedError,
    DataRefusedError,
    DatasetConflictError,
    SelectionError,
)
from terrarium.datasets.rows import Rows, arrow_schema
from terrarium.datasets.writing.overwrite_where import overwrite_where
from terrarium.datasets.writing.row_source import RowSource
from terrarium.datasets.writing.write import Write
from tests.unit.datasets.local_tables import local_table

FIRST = pa.table({"id": [1, 2, 3], "day": ["mon", "tue", None]})
SECOND = pa.table({"id": [4, 5], "day": ["wed", "wed"]})


@pytest.fixture
def table(tmp_path: Path) -> Table:
    table = local_table(tmp_path, FIRST)
    table.append(SECOND)
    return table


def written(table: Table, rows: pa.Table, *constraints: Constraint) -> Write:
    return Write(
        name="rows",
        table=table,
        source=RowSource.of(rows, known=arrow_schema(table.schema())),
        constraints=constraints,
        target=lambda _: iter(()),
    )


def replace(table: Table, rows: pa.Table, where: str, *constraints: Constraint) -> dict[int, str | None]:
    """Return the rows afterwards: id -> day."""
    overwrite_where(written(table, rows, *constraints), where)
    found = Rows(table, table.current_snapshot().snapshot_id).to_arrow()  # type: ignore[union-attr] # there is one
    return dict(zip(found["id"].to_pylist(), found["day"].to_pylist(), strict=True))


def test_replaces_chosen_rows_and_keeps_others(table: Table) -> None:
    """One whose value is null is chosen by no comparison."""
    found = replace(table, pa.table({"id": [20, 21], "day": ["tue", "tue"]}), "day = 'tue'")
    assert found == {1: "mon", 20: "tue", 21: "tue", 3: None, 4: "wed", 5: "wed"}
    assert len(table.snapshots()) == 3, "it is one version"


def test_does_not_rewrite_files_without_chosen_rows(table: Table) -> None:
    before = {task.file.file_path for task in table.scan().plan_files()}
    replace(table, pa.table({"id": [40], "day": ["wed"]}), "day = 'wed'")
    after = {task.file.file_path for task in table.scan().plan_files()}
    assert len(before & after) == 1


def test_deletes_chosen_rows_if_there_are_no_new_ones(table: Table) -> None:
    assert replace(table, FIRST.schema.empty_table(), "id >= 3") == {1: "mon", 2: "tue"}


def test_refuses_new_rows_that_the_condition_does_not_choose(table: Table) -> None:
    """Said again, they would be there twice."""
    with pytest.raises(DataRefusedError, match="1 of the new rows"):
        replace(table, pa.table({"id": [20, 21], "day": ["tue", "wed"]}), "day = 'tue'")
    assert len(table.refresh().snapshots()) == 2


def test_checks_constraints_on_old_and_new_rows_together(table: Table) -> None:
    ids = Unique(columns="id")
    with pytest.raises(ConstraintsViolatedError, match="id is unique"):
        replace(table, pa.table({"id": [1], "day": ["tue"]}), "day = 'tue'", ids)
    found = replace(table, pa.table({"id": [2], "day": ["tue"]}), "day = 'tue'", ids)
    assert found[2] == "tue", "the row that had the key is replaced"


def test_refuses_an_invalid_condition(table: Table) -> None:
    with pytest.raises(SelectionError, match="colour"):
        replace(table, FIRST, "colour = 'red'")


def test_a_concurrent_write_is_a_conflict(table: Table) -> None:
    table.catalog.load_table(table.name()).append(SECOND)
    with pytest.raises(DatasetConflictError, match="in the meantime"):
        replace(table, pa.table({"id": [20], "day": ["tue"]}), "day = 'tue'")
