"""Expression tree of a run search, such as `(metric("roc_auc") > 0.9) & ~tag("broken")`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal, NoReturn

from terrarium.operators import Comparable
from terrarium.plain_text import MOST_BITS, shown
from terrarium.search.errors import ComparisonError

__all__ = ["All", "Any", "Condition", "Field", "FieldComparison", "Kind", "Not", "Operator", "Order", "Value"]


Value = str | float | datetime
Operator = Literal["==", "!=", "<", "<=", ">", ">=", "like"]


class Kind(Enum):
    """The kind of a run's field. The values are the names in the text form, such as `metrics.roc_auc`."""

    METRIC = "metrics"
    PARAM = "params"
    TAG = "tags"
    USE_CASE = "use_case"
    DATASET = "datasets"
    ATTRIBUTE = "attributes"


class Condition:
    """A condition that each run meets or does not meet.

    Combine conditions with `&` (and), `|` (or) and `~` (not). Put comparisons in parentheses.

    Example:
        >>> good = (metric("roc_auc") > 0.9) & ~tag("broken")
    """

    def __and__(self, other: "Condition") -> "Condition":
        return All((self, other))

    def __or__(self, other: "Condition") -> "Condition":
        return Any((self, other))

    def __invert__(self) -> "Condition":
        return Not(self)

    def __bool__(self) -> NoReturn:
        # Python evaluates `and`, `or`, `not` and `a < b < c` at once, and would silently drop half of the condition.
        raise TypeError(
            "a condition cannot be used as a bool: write & | ~ instead of and, or, not, put each comparison in "
            "parentheses, and write a < b < c as (a < b) & (b < c)"
        )


@dataclass(frozen=True)
class All(Condition):
    """True if all of `conditions` are true."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Any(Condition):
    """True if at least one of `conditions` is true."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Not(Condition):
    """True if `condition` is false."""

    condition: Condition


@dataclass(frozen=True)
class FieldComparison(Condition):
    """True if the run has `field` and its value compares to `value` as `operator` states."""

    field: "Field"
    operator: Operator
    value: Value


@dataclass(frozen=True, eq=False)
class Field(Comparable[Value, Condition], Condition):
    """A field of runs: a metric, param, tag, attribute, … As a condition, it is true of runs that have the field.

    In a comparison with a number, text such as a param is converted to a number; runs whose text is not a number do
    not match. A run without the field matches no comparison, not even `!=`, as in MLflow. It matches
    `~(field == value)`.
    """

    kind: Kind
    name: str

    def like(self, pattern: str) -> Condition:
        """Return the condition that the text matches `pattern`.

        Args:
            pattern: `*` matches any number of characters, `?` matches one character.

        Raises:
            ComparisonError: The pattern contains `%` and neither `*` nor `?`. SQL and MLflow write `%` for `*`.

        Example:
            >>> lab.experiments.search(param("model").like("forest*"))
        """
        if not isinstance(pattern, str):
            raise self._unfit(pattern)
        if "%" in pattern and not {"*", "?"} & set(pattern):
            raise ComparisonError(
                f"{self} was compared with the pattern {pattern!r}, in which % matches only the character %",
                remedy=f"write {pattern.replace('%', '*')!r} to match any characters, or compare by == with this text",
            )
        return FieldComparison(self, "like", pattern)

    def is_in(self, values: Iterable[Value]) -> Condition:
        """Return the condition that the value is one of `values`."""
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            raise self._unfit(values)
        return Any(tuple(self._compared("==", value) for value in values))

    def ascending(self) -> "Order":
        """Return the order with the smallest value first and runs without the field last."""
        return Order(self, descending=False)

    def descending(self) -> "Order":
        """Return the order with the largest value first and runs without the field last."""
        return Order(self, descending=True)

    def __str__(self) -> str:
        return self.name if self.kind is Kind.ATTRIBUTE else f"{self.kind.value}.{self.name}"

    def _compared(self, operator: Operator, value: object) -> Condition:
        if isinstance(value, bool):
            value = str(value)  # MLflow stores the param True as the text "True"
        huge = isinstance(value, int) and value.bit_length() > MOST_BITS
        if huge or not isinstance(value, str | int | float | datetime):
            raise self._unfit(value)
        return FieldComparison(self, operator, value)

    def _unfit(self, value: object) -> ComparisonError:
        return ComparisonError(
            f"{self} was compared with {shown(value)}, a {type(value).__name__}",
            remedy="compare it with text, a number or a datetime; is_in(...) accepts a list of these",
        )


@dataclass(frozen=True)
class Order:
    """Sort key of a run search: a field and its direction."""

    field: Field
    descending: bool
