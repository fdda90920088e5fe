"""Partial overwrite: new rows replace those that a condition chooses."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from terrarium.datasets.constraints.dataset_checks import ExistingRows
from terrarium.datasets.errors import DataRefusedError
from terrarium.datasets.row_filter import RowFilter
from terrarium.datasets.rows import Membership, Rows
from terrarium.datasets.writing._rewrite_files import rewrite_files
from terrarium.datasets.writing.commit import replace_files, staged_transaction
from terrarium.datasets.writing.row_source import RowSource

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression

    from terrarium.datasets.writing.write import Write

__all__ = ["overwrite_where"]


def overwrite_where(write: "Write", where: "str | BooleanExpression") -> int:
    """Write a snapshot with the new rows, and the current rows that `where` does not choose.

    Only files that may have chosen rows are read, one at a time; those that have some are rewritten.

    Returns:
        The id of the snapshot.

    Raises:
        SelectionError: The condition cannot be parsed.
        DataRefusedError: The condition does not choose all new rows: a repeated overwrite would duplicate them.
        DatasetConflictError: Another write changed the dataset in the meantime.
    """
    import pyarrow.compute as pc

    table, current = write.table, write.table.current_snapshot()
    condition = RowFilter(where, table.schema())
    left = Membership(condition.columns, lambda rows: pc.invert(condition.chosen(rows)))
    kept = Rows(table, current.snapshot_id if current else None, membership=left)
    checker = write.check()
    with staged_transaction(table, doing=f"overwrite rows of dataset {write.name!r}") as (
        transaction,
        staging,
    ):
        write.evolve_schema(transaction)
        staging.stage(_all_chosen(write.source, condition, name=write.name), checker)
        checker.report(ExistingRows.of(kept)).raise_for_violations(doing="overwrite rows of")
        replaced = rewrite_files(
            table, staging, where=condition.expression, keep=lambda rows: rows.filter(left.mask(rows))
        )
        return replace_files(transaction, write.summary, removed=replaced, added=staging.files)


def _all_chosen(source: RowSource, condition: RowFilter, *, name: str) -> RowSource:
    def batches() -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa
        import pyarrow.compute as pc

        for batch in source.batches():
            missing = [column for column in condition.columns if column not in batch.schema.names]
            others = (
                batch.num_rows
                if missing
                else pc.sum(pc.invert(condition.chosen(pa.table(batch)))).as_py() or 0
            )
            if others:
                raise DataRefusedError(
                    f"cannot overwrite rows of dataset {name!r}: {others:,} of the new rows do not match the condition "
                    f"{condition.expression}",
                    remedy="remove them from the data, or append them separately",
                )
            yield batch

    return RowSource(source.what, source.schema, batches)
