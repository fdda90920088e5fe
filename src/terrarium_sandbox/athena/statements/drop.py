"""DROP DATABASE, TABLE and VIEW."""

from sqlglot import exp

from terrarium_sandbox.athena.parsing import Statement
from terrarium_sandbox.athena.results import write_lines
from terrarium_sandbox.athena.statements.context import Context, table_name
from terrarium_sandbox.athena.tables.catalog import is_iceberg, is_view
from terrarium_sandbox.athena.task import Outcome, QueryFailure

__all__ = ["drop_database", "drop_table", "drop_view"]


def drop_database(statement: Statement, context: Context) -> Outcome:
    """Drop a database."""
    drop, table = _dropped(statement)
    name = table.name.lower()
    if not context.catalog.has_database(name):
        if not drop.args.get("exists"):
            raise QueryFailure(
                "", f"FAILED: SemanticException [Error 10072]: Database does not exist: {name}"
            )
        return _done(context)
    tables = context.catalog.tables(name)
    if tables and not drop.args.get("cascade"):
        raise QueryFailure(
            "", f"FAILED: Execution Error: Database {name} is not empty. One or more tables exist."
        )
    for one in tables:
        context.aws.glue.delete_table(DatabaseName=name, Name=one["Name"])
    context.aws.glue.delete_database(Name=name)
    return _done(context)


def drop_table(statement: Statement, context: Context) -> Outcome:
    """Drop a table. The files of an Iceberg table are deleted."""
    drop, table = _dropped(statement)
    database, name = table_name(table, context)
    found = context.catalog.find(database, name)
    if found is None:
        if not drop.args.get("exists"):
            raise QueryFailure(
                "", f"FAILED: SemanticException [Error 10001]: Table not found {database}.{name}"
            )
    elif is_view(found):
        raise QueryFailure("", "FAILED: SemanticException: Cannot drop a view with DROP TABLE")
    else:
        context.aws.glue.delete_table(DatabaseName=database, Name=name)
        if is_iceberg(found):
            _delete_files(found["Parameters"]["metadata_location"], context)
    return _done(context)


def drop_view(statement: Statement, context: Context) -> Outcome:
    """Drop a view."""
    drop, table = _dropped(statement)
    database, name = table_name(table, context)
    found = context.catalog.find(database, name)
    if found is not None and is_view(found):
        context.aws.glue.delete_table(DatabaseName=database, Name=name)
    elif not drop.args.get("exists"):
        raise QueryFailure("TABLE_NOT_FOUND", f"View 'awsdatacatalog.{database}.{name}' does not exist")
    return _done(context)


def _dropped(statement: Statement) -> tuple[exp.Drop, exp.Table]:
    drop = statement.tree
    tables = drop.args.get("tables") if isinstance(drop, exp.Drop) else None
    if not isinstance(drop, exp.Drop) or not tables or len(tables) != 1:
        raise QueryFailure("NOT_SUPPORTED", f"the sandbox does not run {statement.name}")
    return drop, tables[0]


def _delete_files(metadata_location: str, context: Context) -> None:
    """Delete all objects below the folder that contains the table's metadata."""
    bucket, _, key = metadata_location.removeprefix("s3://").partition("/")
    prefix = key.rpartition("/metadata/")[0] + "/"
    s3 = context.aws.s3
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        keys = [{"Key": found["Key"]} for found in page.get("Contents", ())]
        if keys:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})


def _done(context: Context) -> Outcome:
    return write_lines([], [], task=context.task, aws=context.aws)
