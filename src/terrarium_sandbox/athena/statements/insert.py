"""INSERT INTO."""

from sqlglot import exp

from terrarium_sandbox.athena.parsing import Statement
from terrarium_sandbox.athena.statements.context import Context, table_name
from terrarium_sandbox.athena.statements.select import query_rows
from terrarium_sandbox.athena.statements.writing import (
    append_iceberg_rows,
    as_table_rows,
    table_schema,
    write_hive_rows,
    write_outcome,
)
from terrarium_sandbox.athena.tables.catalog import is_iceberg, is_view
from terrarium_sandbox.athena.tables.iceberg import IcebergTable
from terrarium_sandbox.athena.task import Outcome, QueryFailure

__all__ = ["insert"]


def insert(statement: Statement, context: Context) -> Outcome:
    """Insert the rows of a query into a table."""
    tree = statement.tree
    if not isinstance(tree, exp.Insert) or tree.args.get("overwrite"):
        raise QueryFailure("NOT_SUPPORTED", "Athena inserts by INSERT INTO")
    target, columns = tree.this, None
    if isinstance(target, exp.Schema):
        columns = [column.name.lower() for column in target.expressions]
        target = target.this
    database, name = table_name(target, context)
    table = context.catalog.table(database, name)
    if is_view(table):
        raise QueryFailure("NOT_SUPPORTED", "Inserting into views is not supported")
    rows = query_rows(tree.expression, context).read_all()
    if is_iceberg(table):
        iceberg = context.aws.iceberg.load_table((database, name))
        schema = IcebergTable(iceberg).schema
        written_rows = as_table_rows(rows, schema, columns)
        names = [field.name for field in iceberg.schema().fields]
        append_iceberg_rows(iceberg, written_rows.rename_columns(names), context)
    else:
        write_hive_rows(as_table_rows(rows, table_schema(table), columns), database, name, context)
    return write_outcome(context, rows.num_rows)
