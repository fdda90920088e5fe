"""The Glue catalog: databases, tables by name, and the kinds of tables."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from terrarium_sandbox.athena.aws_clients import AwsClients
from terrarium_sandbox.athena.task import QueryFailure

__all__ = ["Catalog", "columns_of", "is_iceberg", "is_view", "view_definition", "view_text"]

_CATALOG = "awsdatacatalog"
_VIEW = "/* Presto View: "


class Catalog:
    """The Glue catalog with the caller's permissions. Names are in lower case.

    Args:
        aws: The caller's clients.
    """

    def __init__(self, aws: AwsClients) -> None:
        self._glue = aws.glue

    def table(self, database: str, name: str) -> dict[str, Any]:
        """Return a table in Glue's form.

        Raises:
            QueryFailure: The table does not exist.
        """
        table = self.find(database, name)
        if table is not None:
            return table
        if not self.has_database(database):
            raise QueryFailure("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist")
        raise QueryFailure("TABLE_NOT_FOUND", f"Table '{_CATALOG}.{database}.{name}' does not exist")

    def find(self, database: str, name: str) -> dict[str, Any] | None:
        """Return a table in Glue's form; None if it does not exist."""
        try:
            found: dict[str, Any] = self._glue.get_table(DatabaseName=database, Name=name)["Table"]
        except self._glue.exceptions.EntityNotFoundException:
            return None
        return found

    def tables(self, database: str) -> list[dict[str, Any]]:
        """Return all tables of a database, sorted by name.

        Raises:
            QueryFailure: The database does not exist.
        """
        try:
            pages = self._glue.get_paginator("get_tables").paginate(DatabaseName=database)
            tables = [table for page in pages for table in page["TableList"]]
        except self._glue.exceptions.EntityNotFoundException as error:
            raise QueryFailure("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist") from error
        return sorted(tables, key=lambda table: str(table["Name"]))

    def databases(self) -> list[str]:
        """Return the names of all databases."""
        pages = self._glue.get_paginator("get_databases").paginate()
        return sorted(database["Name"] for page in pages for database in page["DatabaseList"])

    def database(self, name: str) -> dict[str, Any]:
        """Return a database in Glue's form.

        Raises:
            QueryFailure: The database does not exist.
        """
        try:
            found: dict[str, Any] = self._glue.get_database(Name=name)["Database"]
        except self._glue.exceptions.EntityNotFoundException as error:
            raise QueryFailure("SCHEMA_NOT_FOUND", f"Schema '{name}' does not exist") from error
        return found

    def has_database(self, name: str) -> bool:
        """Return whether a database exists."""
        try:
            self.database(name)
        except QueryFailure:
            return False
        return True

    def partitions(self, table: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the partitions of a Hive table."""
        pages = self._glue.get_paginator("get_partitions").paginate(
            DatabaseName=table["DatabaseName"], TableName=table["Name"]
        )
        for page in pages:
            yield from page["Partitions"]


def columns_of(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the columns of a table without partition columns; of an Iceberg table, only the current columns."""
    return [
        column
        for column in table.get("StorageDescriptor", {}).get("Columns", ())
        if column.get("Parameters", {}).get("iceberg.field.current", "true") == "true"
    ]


def is_iceberg(table: dict[str, Any]) -> bool:
    """Return whether a table is an Iceberg table."""
    return str(table.get("Parameters", {}).get("table_type", "")).upper() == "ICEBERG"


def is_view(table: dict[str, Any]) -> bool:
    """Return whether a table is a view."""
    return table.get("TableType") == "VIRTUAL_VIEW"


def view_definition(table: dict[str, Any]) -> dict[str, Any]:
    """Return Athena's definition of a view: `originalSql`, `catalog`, `schema`, `columns`.

    Raises:
        QueryFailure: Another engine created the view.
    """
    text = str(table.get("ViewOriginalText", ""))
    if not text.startswith(_VIEW):
        raise QueryFailure("HIVE_INVALID_VIEW_DATA", f"{table['Name']} is not a view that Athena created")
    content = text.removeprefix(_VIEW).removesuffix(" */")
    definition: dict[str, Any] = json.loads(base64.b64decode(content))
    return definition


def view_text(definition: dict[str, Any]) -> str:
    """Return the text that Glue stores for a view of Athena."""
    return f"{_VIEW}{base64.b64encode(json.dumps(definition).encode()).decode()} */"
