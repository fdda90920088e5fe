"""Result of a check: violated constraints, with counts and examples."""

from pydantic import BaseModel, ConfigDict, JsonValue

from terrarium.datasets.errors import ConstraintsViolatedError

__all__ = ["EXAMPLES", "ValidationReport", "Violation"]

EXAMPLES = 5  # rows per violation in a report


class Violation(BaseModel):
    """One violated constraint.

    Attributes:
        constraint: The constraint as text.
        columns: Its columns; empty for a constraint on the number of rows.
        count: Number of rows that violate it; for a constraint on the number of rows, that number.
        examples: Some of the rows: column -> value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    constraint: str
    columns: tuple[str, ...] = ()
    count: int
    examples: tuple[dict[str, JsonValue], ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.constraint}: violated by {self.count:,} row{'' if self.count == 1 else 's'}"]
        lines += [f"    {_row(example, self.columns)}" for example in self.examples]
        return "\n".join(lines)


class ValidationReport(BaseModel):
    """Result of checking rows against constraints.

    Attributes:
        dataset: Name of the dataset.
        rows: Number of checked rows.
        violations: The violated constraints; empty if the rows are valid.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    rows: int
    violations: tuple[Violation, ...] = ()

    @property
    def valid(self) -> bool:
        """True if no constraint is violated."""
        return not self.violations

    def raise_for_violations(self, *, doing: str) -> None:
        """Raise an error if there are violations.

        Raises:
            ConstraintsViolatedError: There are violations; the error holds the whole report.
        """
        if self.violations:
            listing = "\n".join(f"  {violation}" for violation in self.violations)
            raise ConstraintsViolatedError(
                f"cannot {doing} dataset {self.dataset!r}: of {self.rows:,} rows\n{listing}",
                remedy="correct the rows, or change the constraints: lab.datasets.describe(name, constraints=...); "
                "nothing was written",
            )

    def __str__(self) -> str:
        if self.valid:
            return f"{self.dataset}: {self.rows:,} rows, no violations"
        return "\n".join([f"{self.dataset}: {self.rows:,} rows", *map(str, self.violations)])


def _row(example: dict[str, JsonValue], first: tuple[str, ...]) -> str:
    shown = [name for name in first if name in example] + [name for name in example if name not in first]
    text = ", ".join(f"{name}={example[name]!r}" for name in shown[:6])
    return text + (", ..." if len(shown) > 6 else "")
