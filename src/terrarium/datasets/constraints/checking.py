"""`Checking`: checks all constraints in one pass over the rows."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from terrarium.datasets.constraints.declared import Constraint, Fresh, References, RowCount, Unique
from terrarium.datasets.constraints.fitting_types import misfits_of
from terrarium.datasets.constraints.report import ValidationReport
from terrarium.datasets.constraints.row_checks import RowCheck
from terrarium.datasets.constraints.whole_checks import (
    Existing,
    FreshCheck,
    ReferencesCheck,
    RowCountCheck,
    UniqueCheck,
    WholeCheck,
)
from terrarium.datasets.errors import DataRefusedError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Checking", "check_declarable"]


class Checking:
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
        self._whole_checks: list[WholeCheck] = []
        now = datetime.now(UTC)
        for constraint in constraints:
            match constraint:
                case Unique():
                    self._whole_checks.append(UniqueCheck(constraint))
                case References():
                    self._whole_checks.append(ReferencesCheck(constraint, target))
                case RowCount():
                    self._whole_checks.append(RowCountCheck(constraint))
                case Fresh():
                    self._whole_checks.append(FreshCheck(constraint, now=now))
                case _:
                    self._row_checks.append(RowCheck(constraint))

    @property
    def whole(self) -> bool:
        """Whether rows that others write in the meantime can change the result."""
        return bool(self._whole_checks)

    @property
    def broken(self) -> bool:
        """Whether a checked row already violates a constraint on single rows."""
        return any(check.violation for check in self._row_checks)

    def see(self, portion: "pa.Table") -> None:
        """Check one chunk of rows."""
        self._rows += portion.num_rows
        for row_check in self._row_checks:
            row_check.see(portion)
        for whole_check in self._whole_checks:
            whole_check.see(portion)

    def report(self, existing: Existing) -> ValidationReport:
        """Return the result, with the rows that stay in the dataset beside those checked."""
        found = [check.violation for check in self._row_checks]
        found += [check.violation(existing) for check in self._whole_checks]
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
    misfits = [misfit for constraint in constraints for misfit in misfits_of(constraint, schema)]
    if misfits:
        raise DataRefusedError(
            f"dataset {dataset!r} cannot have these constraints: {'; '.join(misfits)}",
            remedy="change the constraint, or the type of the column",
        )
