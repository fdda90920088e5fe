"""Partitioning of Iceberg tables: Athena's transforms as PyIceberg's."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from terrarium_sandbox.athena.task import QueryFailure

if TYPE_CHECKING:
    from pyiceberg.partitioning import PartitionSpec
    from pyiceberg.schema import Schema

__all__ = ["partition_spec"]

_CALL = re.compile(
    r"(?P<transform>\w+)\s*\(\s*(?:(?P<width>\d+)\s*,\s*)?(?P<column>\w+)\s*(?:,\s*(?P<after>\d+)\s*)?\)"
)
_SYNONYMS = {"years": "year", "months": "month", "days": "day", "date": "day", "hours": "hour"}


def partition_spec(parts: Sequence[exp.Expr], schema: "Schema") -> "PartitionSpec":
    """Return the partition spec of `PARTITIONED BY (...)`.

    Raises:
        QueryFailure: A transform or a column does not exist.
    """
    from pyiceberg.partitioning import PARTITION_FIELD_ID_START, PartitionField, PartitionSpec
    from pyiceberg.transforms import parse_transform

    fields = []
    for number, part in enumerate(parts):
        transform, column = _transform(part)
        source = next((field for field in schema.fields if field.name == column), None)
        if source is None:
            raise QueryFailure("COLUMN_NOT_FOUND", f"Column '{column}' cannot be resolved")
        suffix = "" if transform == "identity" else f"_{transform.partition('[')[0]}"
        try:
            parsed = parse_transform(transform)
        except ValueError as error:
            raise QueryFailure(
                "INVALID_TABLE_PROPERTY", f"Unable to parse partitioning {transform}"
            ) from error
        fields.append(
            PartitionField(
                source_id=source.field_id,
                field_id=PARTITION_FIELD_ID_START + number,
                transform=parsed,
                name=f"{column}{suffix}",
            )
        )
    return PartitionSpec(*fields)


def _transform(part: exp.Expr) -> tuple[str, str]:
    """Return Iceberg's name of the transform, and the column."""
    if isinstance(part, exp.Identifier | exp.Column | exp.ColumnDef):
        return "identity", part.name.lower()
    text = part.name if part.is_string else ""
    if text and "(" not in text:
        return "identity", text.lower()
    if text:
        match = _CALL.fullmatch(text.strip())
        if match is None:
            raise QueryFailure("INVALID_TABLE_PROPERTY", f"Unable to parse partitioning {text}")
        name = match["transform"].lower()
        width = match["width"] or match["after"]
        return _SYNONYMS.get(name, name) + (f"[{width}]" if width else ""), match["column"].lower()
    column = next(part.find_all(exp.Column)).name.lower()
    match part:
        case exp.PartitionedByBucket():
            return f"bucket[{part.expression.name}]", column
        case exp.PartitionByTruncate():
            return f"truncate[{part.expression.name}]", column
        case exp.Year() | exp.Month() | exp.Day() | exp.Hour():
            return type(part).__name__.lower(), column
    name = part.sql_name().lower() if isinstance(part, exp.Func) else part.sql("athena")
    return _SYNONYMS.get(name, name), column
