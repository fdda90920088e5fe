"""Rewriting of data files without some of their rows."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from terrarium.datasets.rows import Rows
from terrarium.datasets.writing.staging import Staging

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Table

__all__ = ["rewrite_files"]


def rewrite_files(
    table: "Table",
    staging: Staging,
    *,
    where: "BooleanExpression",
    keep: "Callable[[pa.Table], pa.Table]",
) -> "list[DataFile]":
    """Stage the rows that stay in the files of the current snapshot that lose rows, one file at a time.

    Args:
        table: The table.
        staging: Writes the rows that stay.
        where: RowFilter by which files that lose no row are skipped.
        keep: Returns, for the rows of a file, those that stay.

    Returns:
        The files that the staged ones replace.
    """
    current = table.current_snapshot()
    replaced = []
    for task in table.scan(row_filter=where).plan_files() if current else ():
        rows = Rows(table, current.snapshot_id if current else None).of_files([task])
        stay = keep(rows)
        if stay.num_rows < rows.num_rows:
            replaced.append(task.file)
            staging.stage_chunk(stay)
    return replaced
