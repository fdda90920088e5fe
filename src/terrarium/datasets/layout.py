"""Partitioning and sort order, in the notation of users: `month(signed_up)`, `bucket(16, id)`, `-signed_up`."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from terrarium.datasets.errors import DataRefusedError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.partitioning import PartitionSpec
    from pyiceberg.schema import Schema
    from pyiceberg.table.sorting import SortOrder

__all__ = ["partition_spec", "sort_chunk", "sort_order"]

_TRANSFORM = re.compile(r"(?P<function>[a-z]+)\(\s*(?:(?P<number>\d+)\s*,\s*)?(?P<column>[^)]+?)\s*\)")
_REMEDY = "write a column, or year(c), month(c), day(c), hour(c), bucket(16, c), truncate(4, c) of one"


def partition_spec(written: Sequence[str], schema: "Schema") -> "PartitionSpec":
    """Return Iceberg's partitioning for a list of columns and transforms of columns.

    Raises:
        DataRefusedError: A column or transform does not exist, or the transform does not accept the column's type.
    """
    from pyiceberg.partitioning import PartitionField, PartitionSpec

    fields: list[PartitionField] = []
    for number, text in enumerate(written):
        transform, column = _transform(text)
        source = _field(schema, column, text)
        if not transform.can_transform(source.field_type):
            raise DataRefusedError(
                f"cannot partition by {text!r}: {column!r} is {source.field_type}", remedy=_REMEDY
            )
        kind = str(transform).partition("[")[0]
        name = column if kind == "identity" else _free(f"{column}_{kind}", schema.column_names)
        # Iceberg does not accept two fields of one column if one implies the other: a day implies the month.
        for earlier_text, earlier in zip(written, fields, strict=False):
            family = {_family(transform), _family(earlier.transform)}
            if earlier.source_id == source.field_id and len(family) == 1:
                raise DataRefusedError(
                    f"cannot partition by {earlier_text!r} and {text!r}: both partition by {column!r} in the same way",
                    remedy="keep the finer one",
                )
        fields.append(
            PartitionField(source_id=source.field_id, field_id=1000 + number, transform=transform, name=name)
        )
    return PartitionSpec(*fields)


def _free(name: str, columns: Sequence[str]) -> str:
    """Return a name for a partition field that no column has: Iceberg has one namespace for both."""
    while name in columns:
        name += "_part"
    return name


def _family(transform: Any) -> str:
    kind = str(transform).partition("[")[0]
    return "time" if kind in ("year", "month", "day", "hour") else kind


def sort_order(written: Sequence[str], schema: "Schema") -> "SortOrder":
    """Return Iceberg's order of rows within each file, by columns; a minus sign means descending.

    Raises:
        DataRefusedError: A column does not exist.
    """
    from pyiceberg.table.sorting import UNSORTED_SORT_ORDER, SortDirection, SortField, SortOrder
    from pyiceberg.transforms import IdentityTransform

    if not written:
        return UNSORTED_SORT_ORDER
    return SortOrder(
        *(
            SortField(
                source_id=_field(schema, text.removeprefix("-"), text).field_id,
                transform=IdentityTransform(),
                direction=SortDirection.DESC if text.startswith("-") else SortDirection.ASC,
            )
            for text in written
        )
    )


def sort_chunk(chunk: "pa.Table", order: "SortOrder", schema: "Schema") -> "pa.Table":
    """Return the rows in the table's order, as far as it uses whole columns; PyIceberg itself does not sort rows."""
    from pyiceberg.table.sorting import SortDirection
    from pyiceberg.transforms import IdentityTransform

    keys = [
        (
            schema.find_column_name(field.source_id),
            "descending" if field.direction == SortDirection.DESC else "ascending",
        )
        for field in order.fields
        if isinstance(field.transform, IdentityTransform)
    ]
    return chunk.sort_by(keys) if keys else chunk


def _transform(text: str) -> tuple[Any, str]:
    from pyiceberg import transforms

    match = _TRANSFORM.fullmatch(text.strip())
    if match is None:
        return transforms.IdentityTransform(), text.strip()
    number = int(match["number"]) if match["number"] else None
    plain: dict[str, type[Any]] = {
        "year": transforms.YearTransform,
        "month": transforms.MonthTransform,
        "day": transforms.DayTransform,
        "hour": transforms.HourTransform,
    }
    if match["function"] in plain and number is None:
        return plain[match["function"]](), match["column"]
    if match["function"] == "bucket" and number:
        return transforms.BucketTransform(number), match["column"]
    if match["function"] == "truncate" and number:
        return transforms.TruncateTransform(number), match["column"]
    raise DataRefusedError(f"{text!r} is not a partition transform", remedy=_REMEDY)


def _field(schema: "Schema", column: str, text: str) -> Any:
    try:
        return schema.find_field(column)
    except ValueError as error:
        raise DataRefusedError(
            f"cannot partition or sort by {text!r}: there is no column {column!r}",
            remedy=f"its columns: {', '.join(schema.column_names)}",
        ) from error
