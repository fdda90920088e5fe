"""The information schema, derived from Glue."""

from typing import Any

from terrarium_sandbox.athena.tables.catalog import Catalog, columns_of, is_view
from terrarium_sandbox.athena.tables.iceberg_metadata import ArrowRows
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.type_names import arrow_type_of_hive, athena_type

__all__ = ["information_schema"]

_CATALOG = "awsdatacatalog"


def information_schema(catalog: Catalog, name: str) -> ArrowRows:
    """Return the rows of `information_schema.name`.

    Raises:
        QueryFailure: The sandbox does not have the table.
    """
    import pyarrow as pa

    makers = {"columns": _columns, "schemata": _schemata, "tables": _tables}
    if name not in makers:
        raise QueryFailure("TABLE_NOT_FOUND", f"Table '{_CATALOG}.information_schema.{name}' does not exist")
    names, rows = makers[name](catalog)
    kinds = {"ordinal_position": pa.int64()}
    return ArrowRows(
        pa.table(
            {
                column: pa.array([row[position] for row in rows], kinds.get(column, pa.string()))
                for position, column in enumerate(names)
            }
        )
    )


def _schemata(catalog: Catalog) -> tuple[list[str], list[tuple[Any, ...]]]:
    databases = [*catalog.databases(), "information_schema"]
    return ["catalog_name", "schema_name"], [(_CATALOG, name) for name in databases]


def _tables(catalog: Catalog) -> tuple[list[str], list[tuple[Any, ...]]]:
    return ["table_catalog", "table_schema", "table_name", "table_type"], [
        (_CATALOG, database, table["Name"], "VIEW" if is_view(table) else "BASE TABLE")
        for database in catalog.databases()
        for table in catalog.tables(database)
    ]


def _columns(catalog: Catalog) -> tuple[list[str], list[tuple[Any, ...]]]:
    names = [
        "table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default",
        "is_nullable", "data_type", "comment", "extra_info",
    ]  # fmt: skip
    rows = []
    for database in catalog.databases():
        for table in catalog.tables(database):
            keys = table.get("PartitionKeys", [])
            for position, column in enumerate([*columns_of(table), *keys], 1):
                kind = column.get("Type", "string")
                shown = kind if "<" in kind or "(" in kind else athena_type(arrow_type_of_hive(kind))
                rows.append(
                    (
                        _CATALOG,
                        database,
                        table["Name"],
                        column["Name"],
                        position,
                        None,
                        "YES",
                        shown,
                        column.get("Comment"),
                        "partition key" if column in keys else None,
                    )
                )
    return names, rows
