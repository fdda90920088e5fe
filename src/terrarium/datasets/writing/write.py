"""Writes: append and overwrite, each as one snapshot or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from terrarium.datasets.constraints import Constraint, NotNull, References
from terrarium.datasets.constraints.constraint_checker import ConstraintChecker
from terrarium.datasets.constraints.dataset_checks import ExistingRows
from terrarium.datasets.errors import DatasetConflictError
from terrarium.datasets.rows import Rows, arrow_schema
from terrarium.datasets.schema import check_schema, widens
from terrarium.datasets.writing.commit import checked_append, limit_tries, replace_files, staged_transaction

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table, Transaction

    from terrarium.datasets.writing.row_source import RowSource

__all__ = ["Write", "existing_in"]


@dataclass(frozen=True, kw_only=True)
class Write:
    """Data and checks that all kinds of writes share.

    Attributes:
        name: Name of the dataset.
        table: The table, loaded just before.
        source: The new rows.
        constraints: Constraints of the dataset.
        target: Yields the columns that a reference constraint refers to.
        evolve: Whether the schema may change.
        summary: Properties of the snapshot.
    """

    name: str
    table: "Table"
    source: "RowSource"
    constraints: tuple[Constraint, ...]
    target: "Callable[[References], Iterator[pa.Table]]"
    evolve: bool = False
    summary: Mapping[str, str] = field(default_factory=dict)

    def append(self) -> int:
        """Add the rows; return the id of the snapshot."""
        doing = f"append to dataset {self.name!r}"
        checker = self.check()
        with staged_transaction(self.table, doing=doing) as (transaction, staging):
            self.evolve_schema(transaction)
            staging.stage(self.source, checker)
            report = checker.report(existing_in(self.table))
            report.raise_for_violations(doing="append to")
            again = (lambda table: checker.report(existing_in(table))) if checker.whole else None
            with checked_append(transaction, self.summary, again, doing="append to") as snapshot:
                for file in staging.files:
                    snapshot.append_data_file(file)
        return snapshot.snapshot_id

    def overwrite(self) -> int:
        """Replace all rows; return the id of the snapshot."""
        doing = f"overwrite dataset {self.name!r}"
        checker = self.check()
        with staged_transaction(self.table, doing=doing) as (transaction, staging):
            self.evolve_schema(transaction)
            staging.stage(self.source, checker)
            checker.report(ExistingRows.none()).raise_for_violations(doing="overwrite")
            files = [task.file for task in self.table.scan().plan_files()]
            return replace_files(transaction, self.summary, removed=files, added=staging.files)

    def refuse_outdated(self, base: int) -> None:
        """Raise an error if a snapshot is no longer the current one.

        Raises:
            DatasetConflictError: Another snapshot is the current one.
        """
        current = self.table.current_snapshot()
        if current is None or current.snapshot_id != base:
            raise DatasetConflictError(
                f"cannot overwrite dataset {self.name!r}: its snapshot is {current.snapshot_id if current else None}, "
                f"no longer {base}",
                remedy="see lab.datasets.get(name).versions(), and retry if the change still applies",
            )

    def check(self) -> ConstraintChecker:
        """Return a check of the constraints and of the columns that the schema requires."""
        required = tuple(
            NotNull(column=column.name) for column in self.table.schema().fields if column.required
        )
        return ConstraintChecker(self.name, (*required, *self.constraints), target=self.target)

    def evolve_schema(self, transaction: "Transaction") -> None:
        """Change the schema so that it takes the rows, if it has to change and may."""
        import pyarrow as pa

        known = arrow_schema(self.table.schema())
        if check_schema(known, self.source.schema, name=self.name, evolve=self.evolve):
            changed = [
                column.with_nullable(True)  # noqa: FBT003 - Arrow's signature
                for column in self.source.schema
                if column.name not in known.names or widens(known.field(column.name).type, column.type)
            ]
            limit_tries(self.table)
            with transaction.update_schema() as update:
                update.union_by_name(pa.schema(changed))


def existing_in(table: "Table", *, without: "pa.Table | None" = None, on: Sequence[str] = ()) -> ExistingRows:
    """Return the rows of a table's current snapshot, without those whose values of `on` are in `without`."""
    snapshot = table.current_snapshot()
    if snapshot is None:
        return ExistingRows.none()
    everything = Rows(table, snapshot.snapshot_id)
    if without is None:
        return ExistingRows.of(everything)
    kept = without.select(list(on))

    def chunks(columns: Sequence[str]) -> "Iterator[pa.Table]":
        needed = list(dict.fromkeys([*columns, *on]))
        for chunk in everything.choose(needed).to_tables():
            left = chunk.cast(_same_kinds(chunk.schema, kept.schema)).join(
                kept, keys=list(on), join_type="left anti"
            )
            yield left.select(list(columns))

    rows = sum(chunk.num_rows for chunk in chunks(on))
    return ExistingRows(rows=rows, chunks=chunks)


def _same_kinds(schema: "pa.Schema", keys: "pa.Schema") -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([keys.field(column.name) if column.name in keys.names else column for column in schema])
