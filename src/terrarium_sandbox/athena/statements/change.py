"""DELETE, UPDATE and MERGE on Iceberg tables.

The rows are changed in a table of the engine, and the whole table is then rewritten in one commit. AWS writes delete
files instead. Later reads return the same rows.
"""

from sqlglot import exp

from terrarium_sandbox.athena.parsing import Statement
from terrarium_sandbox.athena.statements.context import Context, table_name
from terrarium_sandbox.athena.statements.writing import change_outcome
from terrarium_sandbox.athena.tables.catalog import is_iceberg
from terrarium_sandbox.athena.tables.iceberg import IcebergTable
from terrarium_sandbox.athena.task import Outcome, QueryFailure
from terrarium_sandbox.athena.translation import translate

__all__ = ["change_rows"]

_TARGET = "changed"


def change_rows(statement: Statement, context: Context) -> Outcome:
    """Change the rows of a table."""
    tree = statement.tree
    if not isinstance(tree, exp.Delete | exp.Update | exp.Merge) or not isinstance(tree.this, exp.Table):
        raise QueryFailure("NOT_SUPPORTED", f"the sandbox does not run this {statement.name}")
    database, name = table_name(tree.this, context)
    if not is_iceberg(context.catalog.table(database, name)):
        raise QueryFailure("NOT_SUPPORTED", "Modifying Hive table rows is only supported for Iceberg tables")
    table = context.aws.iceberg.load_table((database, name))
    source = IcebergTable(table)
    scan = source.scan(source.schema.names, ())
    context.engine.load(_TARGET, scan.read())
    alias = tree.this.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name))
    tree.this.replace(exp.Dot(this=exp.to_identifier("target"), expression=exp.to_identifier("table")))
    context.binding.bind(tree)
    context.binding.bytes_scanned += scan.bytes_scanned
    tree.set("this", exp.Table(this=exp.to_identifier(_TARGET), alias=alias))
    count = context.engine.run(translate(tree, context.engine))
    if count:
        columns = ", ".join(f'"{column}"' for column in source.schema.names)
        rows = context.engine.query(f"SELECT {columns} FROM {_TARGET}").read_all().cast(source.schema)  # noqa: S608 - the names are generated
        table.overwrite(rows.rename_columns([field.name for field in table.schema().fields]))
    return change_outcome(context, count)
