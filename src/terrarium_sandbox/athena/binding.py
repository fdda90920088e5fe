"""Binding of a statement: its tables become tables of the engine, and its views are replaced by their queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlglot
from sqlglot import exp

from terrarium_sandbox.athena.aws_clients import AwsClients
from terrarium_sandbox.athena.engine import Engine
from terrarium_sandbox.athena.pruning import needed_columns, predicates_on
from terrarium_sandbox.athena.sql_dialect import AthenaSql
from terrarium_sandbox.athena.tables.catalog import Catalog, is_iceberg, is_view, view_definition
from terrarium_sandbox.athena.tables.hive import HiveTable
from terrarium_sandbox.athena.tables.iceberg import IcebergTable, snapshot_as_of, snapshot_of_version
from terrarium_sandbox.athena.tables.iceberg_metadata import metadata_table
from terrarium_sandbox.athena.tables.information_schema import information_schema
from terrarium_sandbox.athena.tables.table_source import TableSource
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation import translate

__all__ = ["Binding"]

_CATALOGS = frozenset({"", "awsdatacatalog"})


@dataclass(frozen=True)
class _Named:
    catalog: str
    database: str
    name: str


class Binding:
    """The tables that a statement reads.

    Args:
        aws: The caller's clients.
        engine: The engine in which the tables are created.
        database: The database of unqualified names.
        scan_limit: The largest number of bytes that may be scanned.
    """

    def __init__(self, aws: AwsClients, engine: Engine, *, database: str, scan_limit: int | None) -> None:
        self._aws = aws
        self._catalog = Catalog(aws)
        self._engine = engine
        self._database = database
        self._scan_limit = scan_limit
        self._bound = 0
        self.bytes_scanned = 0

    def bind(self, statement: exp.Expr) -> exp.Expr:
        """Create all tables of a statement, and return the statement with their names in the engine.

        Raises:
            QueryFailure: A table does not exist, cannot be read, or exceeds the scan limit.
        """
        statement = self._without_views(statement, self._database, ())
        _unqualify_columns(statement)
        for table in list(statement.find_all(exp.Table)):
            if isinstance(table.this, exp.Identifier) and not _is_common_table(table):
                self._bind_table(table, statement)
        return statement

    def source_of(self, table: exp.Table, database: str | None = None) -> TableSource:
        """Return the rows that a table's name, with its version, refers to."""
        named = _named(table, database or self._database)
        if named.database == "information_schema":
            return information_schema(self._catalog, named.name)
        name, dollar, kind = named.name.partition("$")
        found = self._catalog.table(named.database, name)
        version = table.args.get("version")
        if is_iceberg(found):
            iceberg = self._aws.iceberg.load_table((named.database, name))
            if dollar:
                return metadata_table(iceberg, kind)
            return IcebergTable(iceberg, self._snapshot(iceberg, version))
        if version is not None:
            raise QueryFailure("NOT_SUPPORTED", "This connector does not support versioned tables")
        if dollar:
            raise QueryFailure(
                "TABLE_NOT_FOUND", f"Table 'awsdatacatalog.{named.database}.{named.name}' does not exist"
            )
        return HiveTable(found, self._aws)

    def _bind_table(self, table: exp.Table, statement: exp.Expr) -> None:
        source = self.source_of(table)
        schema = source.schema
        scan = source.scan(needed_columns(statement, schema.names), predicates_on(table, schema.names))
        self.bytes_scanned += scan.bytes_scanned
        if self._scan_limit is not None and self.bytes_scanned > self._scan_limit:
            raise QueryFailure(
                "",
                "Query cancelled! : Bytes scanned limit was exceeded",
                cancelled=True,
                bytes_scanned=self._scan_limit,
            )
        engine_name = f"table_{self._bound}"
        self._bound += 1
        self._engine.load(engine_name, scan.read())
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
        table.replace(
            exp.Table(
                this=exp.to_identifier(engine_name),
                alias=alias,
                **{key: table.args[key] for key in ("joins", "sample", "pivots") if table.args.get(key)},
            )
        )

    def _without_views(self, statement: exp.Expr, database: str, within: tuple[_Named, ...]) -> exp.Expr:
        for table in list(statement.find_all(exp.Table)):
            if not isinstance(table.this, exp.Identifier) or _is_common_table(table):
                continue
            named = _named(table, database)
            table.set("db", exp.to_identifier(named.database))
            found = None if "$" in named.name else self._catalog.find(named.database, named.name)
            if found is None or not is_view(found):
                continue
            if named in within:
                raise QueryFailure("VIEW_IS_RECURSIVE", f"View {named.name} is recursive")
            definition = view_definition(found)
            query = sqlglot.parse_one(definition["originalSql"], read=AthenaSql)
            query = self._without_views(query, definition.get("schema", named.database), (*within, named))
            alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
            subquery = exp.Subquery(this=query, alias=alias)
            if table is statement:
                return subquery
            table.replace(subquery)
        return statement

    def _snapshot(self, table: Any, version: exp.Expr | None) -> Any:
        if version is None:
            return None
        value = version.expression.unnest()
        if version.name.upper() == "VERSION":
            return snapshot_of_version(table, value.name if value.is_string else int(value.name))
        return snapshot_as_of(table, self._moment(value))

    def _moment(self, value: exp.Expr) -> datetime:
        """Return the moment that a literal, or an expression without columns, evaluates to."""
        wrapped = exp.select(exp.cast(value.copy(), exp.DType.TIMESTAMPTZ))
        try:
            (found,) = self._engine.query(translate(wrapped, self._engine)).read_all().column(0).to_pylist()
        except QueryFailure as failure:
            raise QueryFailure("INVALID_ARGUMENTS", f"{value.sql('trino')} is not a timestamp") from failure
        if found is None:
            raise QueryFailure("INVALID_ARGUMENTS", "Pointer value cannot be NULL")
        moment: datetime = found
        return moment


def _named(table: exp.Table, database: str) -> _Named:
    named = _Named(table.catalog.lower(), (table.db or database).lower(), table.name.lower())
    if named.catalog not in _CATALOGS:
        raise QueryFailure("CATALOG_NOT_FOUND", f"Catalog '{named.catalog}' not found")
    return named


def _is_common_table(table: exp.Table) -> bool:
    """Return whether the name is that of a common table expression (WITH) of an enclosing query."""
    if table.db:
        return False
    node = table.parent
    while node is not None:
        with_ = node.args.get("with_")
        if with_ is not None and table.name.lower() in {cte.alias.lower() for cte in with_.expressions}:
            return True
        node = node.parent
    return False


def _unqualify_columns(statement: exp.Expr) -> None:
    """Remove the database from columns that are qualified by database and table."""
    databases = {table.db.lower() for table in statement.find_all(exp.Table)}
    for column in statement.find_all(exp.Column):
        if column.db and column.db.lower() in databases:
            column.set("db", None)
            column.set("catalog", None)
