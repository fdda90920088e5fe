"""The Glue catalog: databases and tables by name, and which kind of table it is."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from terrarium_sandbox.athena.aws import Aws
from terrarium_sandbox.athena.task import QueryFailure

__all__ = ["Catalog", "columns_of", "is_iceberg", "is_view", "view_definition", "view_text"]

_CATALOG = "awsdatacatalog"
_VIEW = "/* Presto View: "


class Catalog:
    """Glue, asked as the caller; names are in lower case there.

    Args:
        aws: The caller's clients.
    """

    def __init__(self, aws: Aws) -> None:
        self._glue = aws.glue

    def table(self, database: str, name: str) -> dict[str, Any]:
        """A table as Glue describes it.

        Raises:
            QueryFailure: There is none.
        """
        table = self.find(database, name)
        if table is not None:
            return table
        if not self.has_database(database):
            raise QueryFailure("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist")
        raise QueryFailure("TABLE_NOT_FOUND", f"Table '{_CATALOG}.{database}.{name}' does not exist")

    def find(self, database: str, name: str) -> dict[str, Any] | None:
        """A table, if it is there."""
        try:
            found: dict[str, Any] = self._glue.get_table(DatabaseName=database, Name=name)["Table"]
        except self._glue.exceptions.EntityNotFoundException:
            return None
        return found

    def tables(self, database: str) -> list[dict[str, Any]]:
        """All tables of a database, by name.

        Raises:
            QueryFailure: There is no such database.
        """
        try:
            pages = self._glue.get_paginator("get_tables").paginate(DatabaseName=database)
            tables = [table for page in pages for table in page["TableList"]]
        except self._glue.exceptions.EntityNotFoundException as error:
            raise QueryFailure("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist") from error
        return sorted(tables, key=lambda table: str(table["Name"]))

    def databases(self) -> list[str]:
        """The names of all databases."""
        pages = self._glue.get_paginator("get_databases").paginate()
        return sorted(database["Name"] for page in pages for database in page["DatabaseList"])

    def database(self, name: str) -> dict[str, Any]:
        """A database as Glue describes it.

        Raises:
            QueryFailure: There is none.
        """
        try:
            found: dict[str, Any] = self._glue.get_database(Name=name)["Database"]
        except self._glue.exceptions.EntityNotFoundException as error:
            raise QueryFailure("SCHEMA_NOT_FOUND", f"Schema '{name}' does not exist") from error
        return found

    def has_database(self, name: str) -> bool:
        """Whether there is such a database."""
        try:
            self.database(name)
        except QueryFailure:
            return False
        return True

    def partitions(self, table: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The partitions of a Hive table."""
        pages = self._glue.get_paginator("get_partitions").paginate(
            DatabaseName=table["DatabaseName"], TableName=table["Name"]
        )
        for page in pages:
            yield from page["Partitions"]


def columns_of(table: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns of its rows, without those of partitions; of Iceberg's, only the present ones."""
    return [
        column
        for column in table.get("StorageDescriptor", {}).get("Columns", ())
        if column.get("Parameters", {}).get("iceberg.field.current", "true") == "true"
    ]


def is_iceberg(table: dict[str, Any]) -> bool:
    """Whether its rows are Iceberg's to find."""
    return str(table.get("Parameters", {}).get("table_type", "")).upper() == "ICEBERG"


def is_view(table: dict[str, Any]) -> bool:
    """Whether it has a query instead of rows."""
    return table.get("TableType") == "VIRTUAL_VIEW"


def view_definition(table: dict[str, Any]) -> dict[str, Any]:
    """What Athena keeps of a view: `originalSql`, `catalog`, `schema`, `columns`.

    Raises:
        QueryFailure: Another engine made the view.
    """
    text = str(table.get("ViewOriginalText", ""))
    if not text.startswith(_VIEW):
        raise QueryFailure("HIVE_INVALID_VIEW_DATA", f"{table['Name']} is not a view of Athena's")
    content = text.removeprefix(_VIEW).removesuffix(" */")
    definition: dict[str, Any] = json.loads(base64.b64decode(content))
    return definition


def view_text(definition: dict[str, Any]) -> str:
    """The text under which Glue keeps a view of Athena's."""
    return f"{_VIEW}{base64.b64encode(json.dumps(definition).encode()).decode()} */"
