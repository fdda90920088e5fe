"""Files that are written anew without some of their rows."""

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
    """Stage what stays of the files of a table's current snapshot from which rows go, one file at a time.

    Args:
        table: The table.
        staging: Where to.
        where: By which files that lose no row are left out unread.
        keep: Of the rows of a file, those that stay.

    Returns:
        The files that what was staged takes the place of.
    """
    current = table.current_snapshot()
    replaced = []
    for task in table.scan(row_filter=where).plan_files() if current else ():
        rows = Rows(table, current.snapshot_id if current else None).of_files([task])
        stay = keep(rows)
        if stay.num_rows < rows.num_rows:
            replaced.append(task.file)
            staging.stage_portion(stay)
    return replaced
