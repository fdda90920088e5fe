"""What a search asks of runs, as an expression: `metric("roc_auc") > 0.9 & ~tag("broken")`, put together anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal, NoReturn

from terrarium.operators import Comparable
from terrarium.plain_text import MOST_BITS, shown
from terrarium.search.errors import ComparisonError

__all__ = ["All", "Any", "Comparison", "Condition", "Field", "Kind", "Not", "Operator", "Order", "Value"]


Value = str | float | datetime
Operator = Literal["==", "!=", "<", "<=", ">", ">=", "like"]


class Kind(Enum):
    """What of a run a field is; the values are what the text form calls them."""

    METRIC = "metrics"
    PARAM = "params"
    TAG = "tags"
    USE_CASE = "use_case"
    DATASET = "datasets"
    ATTRIBUTE = "attributes"


class Condition:
    """True or false of each run. Combine by `&` (and), `|` (or), `~` (not); comparisons need parentheses then."""

    def __and__(self, other: "Condition") -> "Condition":
        return All((self, other))

    def __or__(self, other: "Condition") -> "Condition":
        return Any((self, other))

    def __invert__(self) -> "Condition":
        return Not(self)

    def __bool__(self) -> NoReturn:
        # Python would decide `and`, `or`, `not` and `a < b < c` here and now, and silently drop half of them.
        raise TypeError(
            "a condition has no truth of its own: write & | ~ in place of and, or, not, each comparison in "
            "parentheses, and a < b < c as (a < b) & (b < c)"
        )


@dataclass(frozen=True)
class All(Condition):
    """True where all of `conditions` are."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Any(Condition):
    """True where at least one of `conditions` is."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Not(Condition):
    """True where `condition` is not."""

    condition: Condition


@dataclass(frozen=True)
class Comparison(Condition):
    """True where the run has `field`, and its value compares so."""

    field: "Field"
    operator: Operator
    value: Value


@dataclass(frozen=True, eq=False)
class Field(Comparable[Value, Condition], Condition):
    """Something that runs have a value of. By itself, the condition that a run has it.

    Compared to a number, a text such as a param is read as one, and a run whose text is none does not match. A
    run without the field matches no comparison, `!=` included, as in MLflow; it does match `~(field == value)`.
    """

    kind: Kind
    name: str

    def like(self, pattern: str) -> Condition:
        """Whether the text matches `pattern`, where `*` stands for any characters and `?` for one.

        Raises:
            ComparisonError: The pattern has `%` and neither `*` nor `?`: in SQL and MLflow, `%` is what `*` is here.
        """
        if not isinstance(pattern, str):
            raise self._unfit(pattern)
        if "%" in pattern and not {"*", "?"} & set(pattern):
            raise ComparisonError(
                f"{self} was compared to the pattern {pattern!r}, in which % stands for itself",
                remedy=f"write {pattern.replace('%', '*')!r} for any characters; compare by == for this very text",
            )
        return Comparison(self, "like", pattern)

    def is_in(self, values: Iterable[Value]) -> Condition:
        """Whether the value is one of `values`."""
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            raise self._unfit(values)
        return Any(tuple(self._compared("==", value) for value in values))

    def ascending(self) -> "Order":
        """The smallest first; runs without the field last."""
        return Order(self, descending=False)

    def descending(self) -> "Order":
        """The largest first; runs without the field last."""
        return Order(self, descending=True)

    def __str__(self) -> str:
        return self.name if self.kind is Kind.ATTRIBUTE else f"{self.kind.value}.{self.name}"

    def _compared(self, operator: Operator, value: object) -> Condition:
        if isinstance(value, bool):
            value = str(value)  # as MLflow keeps a param that was True
        huge = isinstance(value, int) and value.bit_length() > MOST_BITS
        if huge or not isinstance(value, str | int | float | datetime):
            raise self._unfit(value)
        return Comparison(self, operator, value)

    def _unfit(self, value: object) -> ComparisonError:
        return ComparisonError(
            f"{self} was compared to {shown(value)}, a {type(value).__name__}",
            remedy="compare it to text, a number or a datetime; is_in(...) takes a list of those",
        )


@dataclass(frozen=True)
class Order:
    """By what runs are ranked."""

    field: Field
    descending: bool
