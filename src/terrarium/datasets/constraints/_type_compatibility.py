"""Compatibility of constraints and column types."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from terrarium.datasets.constraints.constraint_types import (
    AllowedValues,
    Constraint,
    Fresh,
    Matches,
    Range,
    References,
    Unique,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["type_mismatches"]


def type_mismatches(constraint: Constraint, schema: "pa.Schema") -> Iterator[str]:
    """Yield a sentence for each column of a constraint whose type does not suit; all columns exist."""
    import pyarrow as pa

    types = pa.types
    for column in constraint.needs:
        kind = schema.field(column).type
        match constraint:
            case Unique() | References() if types.is_nested(kind):
                yield f"{constraint}: values of {column!r} ({kind}) cannot be compared; name columns of plain types"
            case Matches() if not types.is_string(kind):
                yield f"{constraint}: {column!r} is {kind}, not text"
            case Fresh() if not (types.is_timestamp(kind) or types.is_date(kind)):
                yield f"{constraint}: {column!r} is {kind}, not a time"
            case Range() if types.is_nested(kind) or types.is_boolean(kind) or types.is_binary(kind):
                yield f"{constraint}: values of {column!r} ({kind}) have no order"
            case Range(minimum=minimum, maximum=maximum):
                yield from _not_of(constraint, [minimum, maximum], column, kind)
            case AllowedValues(values=values):
                yield from _not_of(constraint, list(values), column, kind)


def _not_of(
    constraint: Constraint, values: list[bool | int | float | str | None], column: str, kind: "pa.DataType"
) -> Iterator[str]:
    import pyarrow as pa

    for value in values:
        try:
            if value is not None:
                pa.scalar(value).cast(kind)
        except (pa.ArrowException, ValueError, OverflowError, TypeError):
            hint = ""
            if pa.types.is_timestamp(kind):
                hint = f"; give a time {'with' if kind.tz else 'without'} a zone"
            yield f"{constraint}: {value!r} cannot be converted to {kind}, the type of {column!r}{hint}"
