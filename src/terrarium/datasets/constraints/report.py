"""What came of checking rows: which constraints are broken, how often, and by which rows."""

from pydantic import BaseModel, ConfigDict, JsonValue

from terrarium.datasets.errors import ConstraintsViolatedError

__all__ = ["EXAMPLES", "ValidationReport", "Violation"]

EXAMPLES = 5  # rows that a report shows of each violation


class Violation(BaseModel):
    """One constraint that rows break.

    Attributes:
        constraint: In words.
        columns: It is about; none where it is about the dataset as a whole.
        count: Of offending rows; of the dataset's rows where it is about their number.
        examples: Some of the rows, column -> value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    constraint: str
    columns: tuple[str, ...] = ()
    count: int
    examples: tuple[dict[str, JsonValue], ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.constraint}: not so in {self.count:,} row{'' if self.count == 1 else 's'}"]
        lines += [f"    {_row(example, self.columns)}" for example in self.examples]
        return "\n".join(lines)


class ValidationReport(BaseModel):
    """Whether rows keep what the dataset promises.

    Attributes:
        dataset: Its name.
        rows: How many were checked.
        violations: None of them, and all is well.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    rows: int
    violations: tuple[Violation, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether all constraints hold."""
        return not self.violations

    def raise_for_violations(self, *, doing: str) -> None:
        """Refuse, unless all is well.

        Raises:
            ConstraintsViolatedError: It says everything that the report does.
        """
        if self.violations:
            listing = "\n".join(f"  {violation}" for violation in self.violations)
            raise ConstraintsViolatedError(
                f"cannot {doing} dataset {self.dataset!r}: of {self.rows:,} rows\n{listing}",
                remedy="mend the rows, or change what the dataset promises, lab.datasets.describe(name, "
                "constraints=...); the dataset is as it was",
            )

    def __str__(self) -> str:
        if self.valid:
            return f"{self.dataset}: {self.rows:,} rows, all as promised"
        return "\n".join([f"{self.dataset}: {self.rows:,} rows", *map(str, self.violations)])


def _row(example: dict[str, JsonValue], first: tuple[str, ...]) -> str:
    shown = [name for name in first if name in example] + [name for name in example if name not in first]
    text = ", ".join(f"{name}={example[name]!r}" for name in shown[:6])
    return text + (", ..." if len(shown) > 6 else "")
