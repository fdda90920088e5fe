"""Writing of rows into tables."""

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from terrarium_sandbox.athena.results import write_object
from terrarium_sandbox.athena.statements.context import Context
from terrarium_sandbox.athena.task import Column, Outcome, QueryFailure
from terrarium_sandbox.athena.type_names import arrow_type_of_hive, athena_type

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table

__all__ = [
    "add_partition",
    "append_iceberg_rows",
    "as_table_rows",
    "change_outcome",
    "table_schema",
    "write_hive_rows",
    "write_outcome",
]

_NUMBERS = frozenset({"tinyint", "smallint", "integer", "bigint", "float", "double", "decimal"})
_ROWS = Column(name="rows", type="bigint", precision=19)


def write_outcome(context: Context, count: int, *, folder: str = "") -> Outcome:
    """Return the outcome of INSERT, UNLOAD or CREATE TABLE AS SELECT, and write the list of the written files.

    Athena returns an `OutputLocation` without a suffix, at which no object exists, and a `DataManifestLocation` next to
    it (Athena User Guide, "Working with query results, recent queries, and output files": example of INSERT INTO). For
    CREATE TABLE AS SELECT, both are in the sub-folder `tables` (same page).

    Args:
        context: The context of the statement.
        count: The number of written rows.
        folder: The folder below the output location, with a slash at the end.
    """
    location = f"{context.task.output_location}{folder}{context.task.query_id}"
    manifest = f"{location}-manifest.csv"
    content = "".join(f"{file}\n" for file in context.written_files)
    write_object(content.encode(), manifest, task=context.task, aws=context.aws)
    return Outcome(
        location=location,
        columns=(_ROWS,),
        bytes_scanned=context.binding.bytes_scanned,
        update_count=count,
        manifest=manifest,
    )


def change_outcome(context: Context, count: int) -> Outcome:
    """Return the outcome of DELETE, UPDATE or MERGE.

    Athena returns a `.csv` object that it never writes (PyAthena issue 441: "Running a DELETE query on Iceberg table
    results in a 404 error"), and no data manifest: only CREATE TABLE AS SELECT, UNLOAD and INSERT have one (Athena API,
    GetQueryResults, QueryResultType).
    """
    task = context.task
    return Outcome(
        location=f"{task.output_location}{task.query_id}.csv",
        columns=(_ROWS,),
        bytes_scanned=context.binding.bytes_scanned,
        update_count=count,
    )


def append_iceberg_rows(table: "Table", rows: "pa.Table", context: Context) -> None:
    """Append rows to an Iceberg table in one commit. Without rows, create no snapshot."""
    if not rows.num_rows:
        return
    before = {task.file.file_path for task in table.scan().plan_files()}
    table.append(rows)
    after = [task.file.file_path for task in table.scan().plan_files()]
    context.written_files.extend(path for path in after if path not in before)


def as_table_rows(rows: "pa.Table", schema: "pa.Schema", columns: Iterable[str] | None = None) -> "pa.Table":
    """Return rows with a table's names and types, matched by position. Missing columns are null.

    Raises:
        QueryFailure: The number or types of columns do not match.
    """
    import pyarrow as pa

    given = list(columns) if columns is not None else schema.names
    unknown = [name for name in given if name not in schema.names]
    if unknown:
        raise QueryFailure(
            "COLUMN_NOT_FOUND", f"Insert column name does not exist in target table: {unknown[0]}"
        )
    expected = [athena_type(schema.field(name).type) for name in given]
    found = [athena_type(field.type) for field in rows.schema]
    fit = len(expected) == len(found) and all(map(_fits, found, expected))
    if not fit:
        raise QueryFailure(
            "TYPE_MISMATCH",
            f"Insert query has mismatched column types: Table: [{', '.join(expected)}], Query: [{', '.join(found)}]",
        )
    arrays = []
    for field in schema:
        if field.name not in given:
            arrays.append(pa.nulls(rows.num_rows, field.type))
            continue
        try:
            arrays.append(rows.column(given.index(field.name)).cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise QueryFailure("INVALID_CAST_ARGUMENT", f"column {field.name}: {error}") from error
    return pa.Table.from_arrays(arrays, schema=schema)


def _fits(found: str, expected: str) -> bool:
    if found in {expected, "unknown"} or {found, expected} <= _NUMBERS:
        return True
    return (found, expected) in {("date", "timestamp"), ("timestamp", "timestamp with time zone")}


def write_hive_rows(rows: "pa.RecordBatchReader", database: str, name: str, context: Context) -> int:
    """Write rows into a Parquet table, one folder per partition; return the number of rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = context.catalog.table(database, name)
    serde = table["StorageDescriptor"].get("SerdeInfo", {}).get("SerializationLibrary", "")
    if not serde.endswith("ParquetHiveSerDe"):
        raise QueryFailure("NOT_SUPPORTED", f"the sandbox writes Parquet tables; {name} is read by {serde}")
    content = rows if isinstance(rows, pa.Table) else rows.read_all()
    keys = [key["Name"].lower() for key in table.get("PartitionKeys", [])]
    location = table["StorageDescriptor"]["Location"].rstrip("/")
    if not keys:
        if content.num_rows:
            _write_file(content, location, context)
        return int(content.num_rows)
    for values in content.select(keys).group_by(keys).aggregate([]).to_pylist():
        chosen = content
        for key, value in values.items():
            column = chosen.column(key)
            chosen = chosen.filter(
                pc.is_null(column) if value is None else pc.equal(column, pa.scalar(value, column.type))
            )
        folder = f"{location}/{'/'.join(_segment(key, value) for key, value in values.items())}"
        _write_file(chosen.drop_columns(keys), folder, context)
        add_partition(table, [_text(value) for value in values.values()], folder, context)
    return int(content.num_rows)


def add_partition(table: Mapping[str, Any], values: list[str], location: str, context: Context) -> bool:
    """Add a partition to the catalog; return whether it is new."""
    glue = context.aws.glue
    descriptor = {**table["StorageDescriptor"], "Location": location}
    try:
        glue.create_partition(
            DatabaseName=table["DatabaseName"],
            TableName=table["Name"],
            PartitionInput={"Values": values, "StorageDescriptor": descriptor},
        )
    except glue.exceptions.AlreadyExistsException:
        return False
    return True


def table_schema(table: Mapping[str, Any]) -> "pa.Schema":
    """Return all columns of a Hive table."""
    import pyarrow as pa

    columns = [*table["StorageDescriptor"]["Columns"], *table.get("PartitionKeys", [])]
    return pa.schema([(column["Name"].lower(), arrow_type_of_hive(column["Type"])) for column in columns])


def _write_file(rows: "pa.Table", folder: str, context: Context) -> None:
    import pyarrow.parquet as pq

    path = f"{folder.removeprefix('s3://')}/{context.task.query_id}_{uuid.uuid4().hex}.parquet"
    pq.write_table(rows, path, filesystem=context.aws.files, use_deprecated_int96_timestamps=False)
    context.written_files.append(f"s3://{path}")


def _segment(key: str, value: Any) -> str:
    return f"{key}={quote(_text(value), safe=' ')}"


def _text(value: Any) -> str:
    if value is None:
        return "__HIVE_DEFAULT_PARTITION__"
    return str(value).lower() if isinstance(value, bool) else str(value)
