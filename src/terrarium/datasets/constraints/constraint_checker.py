"""`ConstraintChecker`: checks all constraints in one pass over the rows."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from terrarium.datasets.constraints._row_checks import RowCheck
from terrarium.datasets.constraints._type_compatibility import type_mismatches
from terrarium.datasets.constraints.constraint_types import Constraint, Fresh, References, RowCount, Unique
from terrarium.datasets.constraints.dataset_checks import (
    DatasetCheck,
    ExistingRows,
    FreshCheck,
    ReferencesCheck,
    RowCountCheck,
    UniqueCheck,
)
from terrarium.datasets.constraints.validation_report import ValidationReport
from terrarium.datasets.errors import DataRefusedError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ConstraintChecker", "check_declarable"]


class ConstraintChecker:
    """A check in progress.

    Args:
        dataset: Name of the dataset.
        constraints: The constraints to check.
        target: Yields the columns that a reference constraint refers to.
    """

    def __init__(
        self,
        dataset: str,
        constraints: tuple[Constraint, ...],
        *,
        target: "Callable[[References], Iterator[pa.Table]]",
    ) -> None:
        self._dataset = dataset
        self._rows = 0
        self._row_checks: list[RowCheck] = []
        self._dataset_checks: list[DatasetCheck] = []
        now = datetime.now(UTC)
        for constraint in constraints:
            match constraint:
                case Unique():
                    self._dataset_checks.append(UniqueCheck(constraint))
                case References():
                    self._dataset_checks.append(ReferencesCheck(constraint, target))
                case RowCount():
                    self._dataset_checks.append(RowCountCheck(constraint))
                case Fresh():
                    self._dataset_checks.append(FreshCheck(constraint, now=now))
                case _:
                    self._row_checks.append(RowCheck(constraint))

    @property
    def whole(self) -> bool:
        """True if rows that others write in the meantime can change the result."""
        return bool(self._dataset_checks)

    @property
    def broken(self) -> bool:
        """True if a checked row already violates a constraint on single rows."""
        return any(check.violation for check in self._row_checks)

    def add(self, chunk: "pa.Table") -> None:
        """Check one chunk of rows."""
        self._rows += chunk.num_rows
        for row_check in self._row_checks:
            row_check.add(chunk)
        for dataset_check in self._dataset_checks:
            dataset_check.add(chunk)

    def report(self, existing: ExistingRows) -> ValidationReport:
        """Return the result, with the rows that stay in the dataset beside those checked."""
        found = [check.violation for check in self._row_checks]
        found += [check.violation(existing) for check in self._dataset_checks]
        return ValidationReport(
            dataset=self._dataset, rows=self._rows, violations=tuple(broken for broken in found if broken)
        )


def check_declarable(constraints: tuple[Constraint, ...], schema: "pa.Schema", *, dataset: str) -> None:
    """Refuse constraints on columns that do not exist, or whose type does not suit.

    Raises:
        DataRefusedError: At least one constraint cannot be declared; the error names all of them.
    """
    columns = schema.names
    unknown = [
        f"{column!r} ({constraint})"
        for constraint in constraints
        for column in constraint.needs
        if column not in columns
    ]
    if unknown:
        raise DataRefusedError(
            f"dataset {dataset!r} has no column {', '.join(unknown)}",
            remedy=f"its columns: {', '.join(columns)}",
        )
    misfits = [misfit for constraint in constraints for misfit in type_mismatches(constraint, schema)]
    if misfits:
        raise DataRefusedError(
            f"dataset {dataset!r} cannot have these constraints: {'; '.join(misfits)}",
            remedy="change the constraint, or the type of the column",
        )
