"""ALTER TABLE, and MSCK REPAIR TABLE, which adds partitions."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from sqlglot import exp

from terrarium_sandbox.athena.parsing import Statement
from terrarium_sandbox.athena.results import write_lines
from terrarium_sandbox.athena.statements.context import Context, table_name
from terrarium_sandbox.athena.statements.writing import add_partition
from terrarium_sandbox.athena.tables.catalog import is_iceberg
from terrarium_sandbox.athena.task import Outcome, QueryFailure
from terrarium_sandbox.athena.type_names import arrow_type, hive_type

__all__ = ["alter_table", "repair_table"]

_REPAIR = re.compile(
    r"MSCK\s+REPAIR\s+TABLE\s+(?:[`\"]?(?P<database>\w+)[`\"]?\.)?[`\"]?(?P<table>\w+)[`\"]?", re.IGNORECASE
)
# The fields of Glue's response that UpdateTable accepts.
_INPUT = ("Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "ViewOriginalText",
          "ViewExpandedText", "TableType", "Parameters")  # fmt: skip


def alter_table(statement: Statement, context: Context) -> Outcome:
    """Alter a table."""
    tree = statement.tree
    if not isinstance(tree, exp.Alter) or not isinstance(tree.this, exp.Table):
        raise QueryFailure("NOT_SUPPORTED", f"the sandbox does not run {statement.name}")
    database, name = table_name(tree.this, context)
    table = context.catalog.table(database, name)
    change = _change_iceberg if is_iceberg(table) else _change_hive
    for action in tree.args["actions"]:
        change(table, action, context)
    return write_lines([], [], task=context.task, aws=context.aws)


def repair_table(statement: Statement, context: Context) -> Outcome:
    """Add every folder `key=value` below a table's location as a partition."""
    match = _REPAIR.fullmatch(statement.text)
    if match is None:
        raise QueryFailure("", f"line 1:1: mismatched input '{statement.text.split()[-1]}'")
    table = context.catalog.table(
        (match["database"] or context.task.database).lower(), match["table"].lower()
    )
    keys = [key["Name"].lower() for key in table.get("PartitionKeys", [])]
    location = table["StorageDescriptor"]["Location"].rstrip("/")
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    folders: set[str] = set()
    for page in context.aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/"):
        for found in page.get("Contents", ()):
            parts = found["Key"].removeprefix(f"{prefix}/").split("/")[: len(keys)]
            if [part.partition("=")[0].lower() for part in parts] == keys:
                folders.add("/".join(parts))
    lines = []
    for folder in sorted(folders):
        values = [unquote(part.partition("=")[2]) for part in folder.split("/")]
        if add_partition(table, values, f"{location}/{folder}", context):
            lines.append([f"Repair: Added partition to metastore {table['Name']}:{folder}"])
    return write_lines(["result"], lines, task=context.task, aws=context.aws)


def _change_iceberg(table: Mapping[str, Any], action: exp.Expr, context: Context) -> None:
    import pyarrow as pa
    from pyiceberg.io.pyarrow import _pyarrow_to_schema_without_ids

    iceberg = context.aws.iceberg.load_table((table["DatabaseName"], table["Name"]))
    match action:
        case exp.Schema():
            added = pa.schema(
                [(one.name.lower(), arrow_type(one.args["kind"])) for one in action.expressions]
            )
            with iceberg.update_schema() as update:
                update.union_by_name(_pyarrow_to_schema_without_ids(added))
        case exp.Drop():
            with iceberg.update_schema() as update:
                update.delete_column(action.args["tables"][0].name.lower())
        case exp.AlterColumn():
            old, new = action.this.name.lower(), action.args["rename_to"].name.lower()
            with iceberg.update_schema() as update:
                if old != new:
                    update.rename_column(old, new)
                kind = _pyarrow_to_schema_without_ids(
                    pa.schema([("x", arrow_type(action.args["dtype"]))])
                ).fields[0]
                update.update_column(new if old == new else old, kind.field_type)
        case exp.AlterSet():
            with iceberg.transaction() as transaction:
                transaction.set_properties(_properties(action))
        case _:
            raise _unknown(action)


def _change_hive(table: Mapping[str, Any], action: exp.Expr, context: Context) -> None:
    match action:
        case exp.Schema():
            added = [
                {"Name": one.name.lower(), "Type": hive_type(arrow_type(one.args["kind"]))}
                for one in action.expressions
            ]
            descriptor = table["StorageDescriptor"]
            changed = {**descriptor, "Columns": [*descriptor["Columns"], *added]}
            _update({**table, "StorageDescriptor": changed}, context)
        case exp.AlterSet():
            _update({**table, "Parameters": {**table.get("Parameters", {}), **_properties(action)}}, context)
        case exp.AddPartition():
            values = _partition_values(table, action.this.expressions)
            location = action.args.get("location")
            folder = location.this.name if location else _default_folder(table, values)
            if not add_partition(table, values, folder.rstrip("/"), context) and not action.args.get(
                "exists"
            ):
                raise QueryFailure("", f"FAILED: AlreadyExistsException: Partition already exists: {values}")
        case exp.DropPartition():
            for partition in action.expressions:
                context.aws.glue.delete_partition(
                    DatabaseName=table["DatabaseName"],
                    TableName=table["Name"],
                    PartitionValues=_partition_values(table, partition.expressions),
                )
        case _:
            raise _unknown(action)


def _update(table: Mapping[str, Any], context: Context) -> None:
    given = {key: table[key] for key in _INPUT if key in table}
    context.aws.glue.update_table(DatabaseName=table["DatabaseName"], TableInput=given)


def _properties(action: exp.AlterSet) -> dict[str, str]:
    return {
        one.name: one.args["value"].name
        for properties in action.expressions
        for one in properties.expressions
    }


def _partition_values(table: Mapping[str, Any], conditions: list[exp.Expr]) -> list[str]:
    given = {one.left.name.lower(): one.right.name for one in conditions if isinstance(one, exp.EQ)}
    keys = [key["Name"].lower() for key in table.get("PartitionKeys", [])]
    if sorted(given) != sorted(keys):
        raise QueryFailure(
            "", f"FAILED: SemanticException a partition needs values of exactly {', '.join(keys)}"
        )
    return [given[key] for key in keys]


def _default_folder(table: Mapping[str, Any], values: list[str]) -> str:
    keys = [key["Name"].lower() for key in table["PartitionKeys"]]
    location = str(table["StorageDescriptor"]["Location"]).rstrip("/")
    return "/".join([location, *(f"{key}={value}" for key, value in zip(keys, values, strict=True))])


def _unknown(action: exp.Expr) -> QueryFailure:
    return QueryFailure("NOT_SUPPORTED", f"the sandbox does not alter tables by {action.sql('athena')}")
