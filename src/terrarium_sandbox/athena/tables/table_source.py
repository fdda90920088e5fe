"""`TableSource`: the interface of everything that a query can read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from datetime import date, datetime

    import pyarrow as pa

    Value: TypeAlias = int | float | str | bool | date | datetime

__all__ = ["Predicate", "Scan", "TableSource"]


@dataclass(frozen=True)
class Predicate:
    """A condition that every kept row satisfies: `column operator value`, or membership in values."""

    column: str
    operator: Literal["=", "<", "<=", ">", ">=", "in"]
    values: "tuple[Value, ...]"


@dataclass(frozen=True)
class Scan:
    """A planned scan: the number of bytes, and the function that reads the rows."""

    bytes_scanned: int
    read: "Callable[[], pa.RecordBatchReader]"


class TableSource(Protocol):
    """A source of rows with named columns."""

    @property
    def schema(self) -> "pa.Schema":
        """All columns, in order."""

    def scan(self, columns: Sequence[str], predicates: Sequence[Predicate]) -> Scan:
        """Plan to read `columns`. Rows that do not satisfy `predicates` may be omitted or included."""
