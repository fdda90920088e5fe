"""Checks of constraints on single rows."""

from typing import TYPE_CHECKING, Any

from terrarium.datasets.constraints.constraint_types import AllowedValues, Matches, NotNull, Range
from terrarium.datasets.constraints.example_rows import examples_of
from terrarium.datasets.constraints.validation_report import EXAMPLES, Violation

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RowCheck", "RowConstraint"]

RowConstraint = NotNull | Range | AllowedValues | Matches


class RowCheck:
    """Counts the rows that violate one constraint, and keeps some of them."""

    def __init__(self, constraint: RowConstraint) -> None:
        self._constraint = constraint
        self._count = 0
        self._examples: list[Any] = []

    def add(self, chunk: "pa.Table") -> None:
        """Check one chunk of rows."""
        import pyarrow.compute as pc

        broken = _broken(self._constraint, chunk[self._constraint.column])
        found = pc.sum(broken).as_py() or 0
        if found and len(self._examples) < EXAMPLES:
            self._examples += examples_of(chunk.filter(broken), at_most=EXAMPLES - len(self._examples))
        self._count += found

    @property
    def violation(self) -> Violation | None:
        """The violation found so far; None if there is none."""
        if not self._count:
            return None
        return Violation(
            constraint=str(self._constraint),
            columns=self._constraint.needs,
            count=self._count,
            examples=tuple(self._examples),
        )


def _broken(constraint: RowConstraint, column: Any) -> Any:
    """Return, for each row, whether it violates the constraint; without nulls."""
    import pyarrow as pa
    import pyarrow.compute as pc

    match constraint:
        case NotNull():
            return pc.is_null(column)
        case Range(minimum=minimum, maximum=maximum):
            broken = pc.is_nan(column) if pa.types.is_floating(column.type) else pc.equal(column, None)
            if minimum is not None:
                broken = pc.or_kleene(broken, pc.less(column, pa.scalar(minimum).cast(column.type)))
            if maximum is not None:
                broken = pc.or_kleene(broken, pc.greater(column, pa.scalar(maximum).cast(column.type)))
        case AllowedValues(values=values):
            allowed = pa.array([pa.scalar(value).cast(column.type).as_py() for value in values], column.type)
            broken = pc.and_(pc.invert(pc.is_in(column, value_set=allowed)), pc.is_valid(column))
        case Matches(pattern=pattern):
            broken = pc.invert(pc.match_substring_regex(column, rf"\A(?:{pattern})\z"))
    return pc.fill_null(broken, False)  # noqa: FBT003 - Arrow's signature
