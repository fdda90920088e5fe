"""Upsert: rows replace those with the same key, and others are added."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from terrarium.datasets.errors import DataRefusedError
from terrarium.datasets.writing._rewrite_files import rewrite_files
from terrarium.datasets.writing.commit import replace_files, staged_transaction
from terrarium.datasets.writing.write import Write, existing_in

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression

__all__ = ["check_keys", "upsert"]

_NUMBER = "__number"  # column for row numbers, with a name that no dataset's column has


def upsert(write: Write, incoming: "pa.Table", *, on: Sequence[str]) -> int:
    """Write a snapshot that contains every new row once.

    Only files whose range of keys overlaps with that of the new rows are read and rewritten, one at a time.

    Args:
        write: The write, whose source is `incoming`.
        incoming: The new rows, in memory.
        on: Columns of the key.

    Returns:
        The id of the snapshot.

    Raises:
        DatasetConflictError: Another write changed the dataset in the meantime; start again.
    """
    keys = incoming.select(list(on))
    checker = write.check()
    with staged_transaction(write.table, doing=f"upsert into dataset {write.name!r}") as (
        transaction,
        staging,
    ):
        write.evolve_schema(transaction)
        staging.stage(write.source, checker)
        checker.report(existing_in(write.table, without=incoming, on=on)).raise_for_violations(
            doing="upsert into"
        )
        replaced = rewrite_files(
            write.table, staging, where=_within(keys), keep=lambda rows: _without(rows, keys)
        )
        return replace_files(transaction, write.summary, removed=replaced, added=staging.files)


def check_keys(incoming: "pa.Table", on: Sequence[str], *, name: str) -> None:
    """Refuse rows that their key does not identify.

    Raises:
        DataRefusedError: A column is missing or nested, or a key is null or not unique.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    missing = [column for column in on if column not in incoming.schema.names]
    if missing or not on:
        raise DataRefusedError(
            f"cannot upsert into dataset {name!r} on {', '.join(missing) or 'nothing'}: the data has no such column",
            remedy="name the columns that identify a row: on='customer_id'",
        )
    nested = [column for column in on if pa.types.is_nested(incoming.schema.field(column).type)]
    if nested:
        raise DataRefusedError(
            f"cannot upsert into dataset {name!r} on {', '.join(nested)}: it has type "
            f"{incoming.schema.field(nested[0]).type}, and only plain values can identify rows",
            remedy="name columns of numbers, text or times that identify a row: on='customer_id'",
        )
    nulls = {column: incoming[column].null_count for column in on if incoming[column].null_count}
    if nulls:
        raise DataRefusedError(
            f"cannot upsert into dataset {name!r}: rows have no value in their key: {nulls}",
            remedy="fill or drop them",
        )
    counted = incoming.select(list(on)).group_by(list(on)).aggregate([([], "count_all")])
    twice = counted.filter(pc.greater(counted["count_all"], 1))
    if twice.num_rows:
        raise DataRefusedError(
            f"cannot upsert into dataset {name!r}: {twice.num_rows:,} keys occur more than once, for example "
            f"{twice.select(list(on)).slice(0, 3).to_pylist()}",
            remedy="keep one row of each key",
        )


def _within(keys: "pa.Table") -> "BooleanExpression":
    """Return the range of each key column, by which Iceberg skips files."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyiceberg.expressions import AlwaysTrue, And, GreaterThanOrEqual, LessThanOrEqual

    within: BooleanExpression = AlwaysTrue()
    for column in keys.schema.names:
        kind = keys.schema.field(column).type
        if keys.num_rows and (pa.types.is_integer(kind) or pa.types.is_string(kind)):
            bounds = pc.min_max(keys[column]).as_py()
            within = And(
                within,
                GreaterThanOrEqual(term=column, value=bounds["min"]),
                LessThanOrEqual(term=column, value=bounds["max"]),
            )
    return within


def _without(rows: "pa.Table", keys: "pa.Table") -> "pa.Table":
    """Return the rows whose key is not in `keys`, in their order."""
    import pyarrow as pa

    columns = keys.schema.names
    numbers = pa.array(range(rows.num_rows), pa.int64())
    held = rows.select(columns).cast(keys.schema).append_column(_NUMBER, numbers)
    left = held.join(keys, keys=columns, join_type="left anti")
    return rows.take(left.sort_by(_NUMBER)[_NUMBER])
