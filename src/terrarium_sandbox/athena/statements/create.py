"""CREATE DATABASE, TABLE and VIEW."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from terrarium_sandbox.athena.parsing import Statement, view_query
from terrarium_sandbox.athena.results import write_lines
from terrarium_sandbox.athena.statements.context import Context, table_name
from terrarium_sandbox.athena.statements.hive_table_input import hive_table_input
from terrarium_sandbox.athena.statements.iceberg_partitioning import partition_spec
from terrarium_sandbox.athena.statements.select import query_rows
from terrarium_sandbox.athena.statements.table_options import TableOptions, read_options
from terrarium_sandbox.athena.statements.writing import append_iceberg_rows, write_hive_rows, write_outcome
from terrarium_sandbox.athena.tables.catalog import is_view, view_text
from terrarium_sandbox.athena.task import Outcome, QueryFailure
from terrarium_sandbox.athena.type_names import arrow_type, athena_type, hive_type

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["create_database", "create_table", "create_table_as_select", "create_view"]

_TABLES = "tables/"  # folder below the output location for files of CREATE TABLE AS SELECT


def create_database(statement: Statement, context: Context) -> Outcome:
    """Create a database."""
    create = _create(statement)
    name = create.this.name.lower()
    if context.catalog.has_database(name):
        if not create.args.get("exists"):
            raise QueryFailure("", f"FAILED: SemanticException Database {name} already exists")
    else:
        options = read_options(create)
        location = {"LocationUri": options.location} if options.location else {}
        context.aws.glue.create_database(DatabaseInput={"Name": name, **location})
    return _done(context)


def create_table(statement: Statement, context: Context) -> Outcome:
    """Create an external table or an empty Iceberg table."""
    create = _create(statement)
    definition = create.this
    if not isinstance(definition, exp.Schema):
        raise QueryFailure("", "CREATE TABLE needs columns")
    database, name = table_name(definition.this, context)
    options = read_options(create)
    if _exists(database, name, context, allowed=bool(create.args.get("exists"))):
        return _done(context)
    if not options.location:
        raise QueryFailure("INVALID_TABLE_PROPERTY", "CREATE TABLE needs a LOCATION")
    columns = [one for one in definition.expressions if isinstance(one, exp.ColumnDef)]
    if options.iceberg:
        _create_iceberg(database, name, _arrow_schema(columns), options, context)
    elif not options.external:
        raise QueryFailure(
            "", "CREATE TABLE without EXTERNAL creates Iceberg tables: set 'table_type'='ICEBERG'"
        )
    else:
        partitions = [one for one in options.partitioning if isinstance(one, exp.ColumnDef)]
        table = hive_table_input(name, _glue_columns(columns), _glue_columns(partitions), options)
        context.aws.glue.create_table(DatabaseName=database, TableInput=table)
    return _done(context)


def create_table_as_select(statement: Statement, context: Context) -> Outcome:
    """Create a table with the rows of a query."""
    create = _create(statement)
    database, name = table_name(create.find(exp.Table), context)  # type: ignore[arg-type] # the first table is the created one
    options = read_options(create)
    if _exists(database, name, context, allowed=bool(create.args.get("exists"))):
        return _done(context)
    rows = query_rows(create.expression, context)
    unnamed = [field.name for field in rows.schema if field.name.startswith("_col")]
    if unnamed:
        raise QueryFailure("MISSING_COLUMN_NAME", "Column name not specified at position 1")
    location = options.location or options.properties.get("external_location")
    location = str(location or f"{context.task.output_location}{_TABLES}{context.task.query_id}/")
    _refuse_occupied(location, context)
    if options.iceberg:
        options = _located(options, location)
        table = _create_iceberg(database, name, rows.schema, options, context)
        content = rows.read_all()
        append_iceberg_rows(table, content, context)
        return write_outcome(context, content.num_rows, folder=_TABLES)
    partitions = [part.name.lower() for part in options.partitioning]
    options = _located(options, location)
    names = [field.name for field in rows.schema]
    if partitions != names[len(names) - len(partitions) :]:
        raise QueryFailure(
            "HIVE_COLUMN_ORDER_MISMATCH", "Partition keys must be the last columns in the table"
        )
    glue_columns = [{"Name": field.name, "Type": hive_type(field.type)} for field in rows.schema]
    split = len(glue_columns) - len(partitions)
    if (options.format or "PARQUET") != "PARQUET":
        raise QueryFailure("NOT_SUPPORTED", "the sandbox writes tables as PARQUET")
    description = hive_table_input(name, glue_columns[:split], glue_columns[split:], options)
    context.aws.glue.create_table(DatabaseName=database, TableInput=description)
    count = write_hive_rows(rows, database, name, context)
    return write_outcome(context, count, folder=_TABLES)


def create_view(statement: Statement, context: Context) -> Outcome:
    """Create a view."""
    create = _create(statement)
    table = create.find(exp.Table)
    if table is None or isinstance(create.this, exp.Schema):
        raise QueryFailure("NOT_SUPPORTED", "the sandbox names the columns of views by their queries only")
    database, name = table_name(table, context)
    present = context.catalog.find(database, name)
    if present is not None and not (create.args.get("replace") and is_view(present)):
        raise QueryFailure("TABLE_ALREADY_EXISTS", f"View already exists: awsdatacatalog.{database}.{name}")
    rows = query_rows(create.expression.copy(), context)
    definition = {
        "originalSql": view_query(statement),
        "catalog": "awsdatacatalog",
        "schema": context.task.database,
        "columns": [{"name": field.name, "type": athena_type(field.type)} for field in rows.schema],
    }
    view = {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "ViewOriginalText": view_text(definition),
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {
            "Columns": [{"Name": field.name, "Type": hive_type(field.type)} for field in rows.schema],
            "Location": "",
            "SerdeInfo": {},
        },
    }
    if present is None:
        context.aws.glue.create_table(DatabaseName=database, TableInput=view)
    else:
        context.aws.glue.update_table(DatabaseName=database, TableInput=view)
    return _done(context)


def _create(statement: Statement) -> exp.Create:
    if not isinstance(statement.tree, exp.Create):
        raise QueryFailure("NOT_SUPPORTED", f"{statement.name} creates nothing")
    return statement.tree


def _done(context: Context) -> Outcome:
    return write_lines([], [], task=context.task, aws=context.aws)


def _exists(database: str, name: str, context: Context, *, allowed: bool) -> bool:
    context.catalog.database(database)
    if context.catalog.find(database, name) is None:
        return False
    if not allowed:
        raise QueryFailure("TABLE_ALREADY_EXISTS", f"Table 'awsdatacatalog.{database}.{name}' already exists")
    return True


def _create_iceberg(
    database: str, name: str, schema: "pa.Schema", options: TableOptions, context: Context
) -> Any:
    from pyiceberg.io.pyarrow import _pyarrow_to_schema_without_ids
    from pyiceberg.schema import assign_fresh_schema_ids

    iceberg = assign_fresh_schema_ids(_pyarrow_to_schema_without_ids(schema))
    known = {"table_type", "is_external", "external_location"}
    return context.aws.iceberg.create_table(
        (database, name),
        iceberg,
        location=str(options.location).rstrip("/"),
        partition_spec=partition_spec(options.partitioning, iceberg),
        properties={key: str(value) for key, value in options.properties.items() if key not in known},
    )


def _arrow_schema(columns: list[exp.ColumnDef]) -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([(column.name.lower(), arrow_type(column.args["kind"])) for column in columns])


def _glue_columns(columns: list[exp.ColumnDef]) -> list[Mapping[str, str]]:
    described: list[Mapping[str, str]] = []
    for column in columns:
        comment = column.find(exp.CommentColumnConstraint)
        described.append(
            {
                "Name": column.name.lower(),
                "Type": column.args["kind"].sql(dialect="hive").lower().replace(": ", ":").replace(", ", ","),
                **({"Comment": comment.name} if comment else {}),
            }
        )
    return described


def _located(options: TableOptions, location: str) -> TableOptions:
    properties = {key: value for key, value in options.properties.items() if key != "external_location"}
    return TableOptions(
        external=True,
        location=location,
        format=options.format or "PARQUET",
        partitioning=options.partitioning,
        properties=properties,
    )


def _refuse_occupied(location: str, context: Context) -> None:
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    found = context.aws.s3.list_objects_v2(Bucket=bucket, Prefix=prefix.rstrip("/") + "/", MaxKeys=1)
    if found.get("KeyCount"):
        raise QueryFailure(
            "HIVE_PATH_ALREADY_EXISTS", f"Target directory for table already exists: {location}"
        )
