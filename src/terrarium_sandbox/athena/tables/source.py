"""`Source`: anything that a query can read, some columns at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from datetime import date, datetime

    import pyarrow as pa

    Value: TypeAlias = int | float | str | bool | date | datetime

__all__ = ["Predicate", "Scan", "Source"]


@dataclass(frozen=True)
class Predicate:
    """What every row that the query keeps satisfies: `column operator value`, or one of the values."""

    column: str
    operator: Literal["=", "<", "<=", ">", ">=", "in"]
    values: "tuple[Value, ...]"


@dataclass(frozen=True)
class Scan:
    """What is going to be read: how many bytes of files, and the rows once `read` is called."""

    bytes_scanned: int
    read: "Callable[[], pa.RecordBatchReader]"


class Source(Protocol):
    """Rows with named columns."""

    @property
    def schema(self) -> "pa.Schema":
        """All columns, in their order."""

    def scan(self, columns: Sequence[str], predicates: Sequence[Predicate]) -> Scan:
        """Plan to read `columns`; rows that do not satisfy `predicates` may be left out, and need not be."""
