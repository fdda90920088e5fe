"""The Athena engine: one SQL statement joins a temporary table of entity rows into another temporary table.

Input and output are Iceberg tables, so that every type is preserved: results of Athena are text.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from terrarium.features._lookup import Lookup
from terrarium.features.definition.dtype import arrow_type
from terrarium.features.entity_rows import EntityRows
from terrarium.features.training._athena_sql import insert_statement

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table

    from terrarium.warehouse import Warehouse

__all__ = ["join_on_athena"]


def join_on_athena(warehouse: "Warehouse", rows: EntityRows, lookups: Sequence[Lookup]) -> "list[pa.Table]":
    """Return, for each lookup, its columns as of the times of `rows`: one row per entity row, in their order.

    Args:
        warehouse: The tables, and access to Athena.
        rows: The entity rows.
        lookups: The columns to look up.
    """
    with (
        _temporary_table(warehouse, "entities", _entities(rows, lookups).schema) as entities,
        _temporary_table(warehouse, "joined", _joined_schema(lookups)) as joined,
    ):
        entities.append(_entities(rows, lookups))
        sources = [warehouse.table_name(lookup.source.view.source) for lookup in lookups]
        if rows.table.num_rows:
            warehouse.query(insert_statement(entities.name()[-1], joined.name()[-1], sources, lookups))
        found = joined.refresh().scan().to_arrow().sort_by("row_number")
    return [_columns(found, number, lookup) for number, lookup in enumerate(lookups)]


def _entities(rows: EntityRows, lookups: Sequence[Lookup]) -> "pa.Table":
    """Return row number, time and keys of each entity row, and the earliest event time that counts for each view."""
    import pyarrow as pa
    import pyarrow.compute as pc

    times = rows.times()
    table = pa.table({"row_number": pa.array(range(len(times)), pa.int64()), "row_time": times})
    for number, lookup in enumerate(lookups):
        view = lookup.source.view
        keyed = rows.keyed({entity.key: entity.dtype for entity in view.entities})
        for position, column in enumerate(keyed.columns):
            table = table.append_column(f"key_{number}_{position}", column)
        if view.ttl is not None:
            earliest = pc.subtract(times, pa.scalar(view.ttl, pa.duration("us")))
            table = table.append_column(f"earliest_{number}", earliest)
    return table


def _joined_schema(lookups: Sequence[Lookup]) -> "pa.Schema":
    import pyarrow as pa

    fields = [
        (f"found_{number}_{position}", arrow_type(lookup.source.view.dtypes[name]))
        for number, lookup in enumerate(lookups)
        for position, name in enumerate(lookup.columns)
    ]
    return pa.schema([("row_number", pa.int64()), *fields])


def _columns(found: "pa.Table", number: int, lookup: Lookup) -> "pa.Table":
    import pyarrow as pa

    schema = pa.schema([(name, arrow_type(lookup.source.view.dtypes[name])) for name in lookup.columns])
    columns = [found[f"found_{number}_{position}"].cast(field.type) for position, field in enumerate(schema)]
    return pa.Table.from_arrays(columns, schema=schema)


@contextmanager
def _temporary_table(warehouse: "Warehouse", what: str, schema: "pa.Schema") -> "Iterator[Table]":
    identifier = (warehouse.database, f"training_{what}_{uuid.uuid4().hex}")
    table = warehouse.catalog.create_table(identifier, schema)
    try:
        yield table
    finally:
        warehouse.catalog.purge_table(identifier)
