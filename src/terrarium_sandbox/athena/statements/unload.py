"""UNLOAD: writing of a query's rows as files."""

import re
import uuid
from typing import TYPE_CHECKING

from sqlglot import exp

from terrarium_sandbox.athena.parsing import Statement, parse
from terrarium_sandbox.athena.statements.context import Context
from terrarium_sandbox.athena.statements.select import query_rows
from terrarium_sandbox.athena.statements.writing import write_outcome
from terrarium_sandbox.athena.task import Outcome, QueryFailure

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["unload"]

_UNLOAD = re.compile(
    r"UNLOAD\s*\((?P<query>.*)\)\s*TO\s*'(?P<location>s3://[^']+)'\s*WITH\s*\((?P<options>.*)\)",
    re.IGNORECASE | re.DOTALL,
)
_OPTION = re.compile(r"\s*(\w+)\s*=\s*'([^']*)'\s*(?:,|\Z)")
# Compressions of each format in Athena, with Arrow's names. The first is the default (Athena User Guide, "UNLOAD", "Use
# compression in Athena").
_COMPRESSIONS = {
    "PARQUET": {"GZIP": "gzip", "SNAPPY": "snappy", "ZSTD": "zstd", "NONE": "none"},
    "JSON": {"GZIP": "gzip"},
}


def unload(statement: Statement, context: Context) -> Outcome:
    """Write the rows as Parquet or JSON to an empty location."""
    match = _UNLOAD.fullmatch(statement.text)
    options = {name.lower(): value for name, value in _OPTION.findall(match["options"])} if match else {}
    if match is None or not {"format"} <= options.keys() <= {"format", "compression"}:
        raise QueryFailure(
            "NOT_SUPPORTED",
            "the sandbox supports only UNLOAD (SELECT ...) TO 's3://...' WITH (format = '...', compression = '...')",
        )
    query = parse(match["query"]).tree
    if not isinstance(query, exp.Query):
        raise QueryFailure("", "UNLOAD needs a SELECT")
    file_format = options["format"].upper()
    compressions = _COMPRESSIONS.get(file_format)
    if compressions is None:
        raise QueryFailure(
            "NOT_SUPPORTED", f"the sandbox writes {', '.join(_COMPRESSIONS)}, not {options['format']}"
        )
    compression = compressions.get(options.get("compression", next(iter(compressions))).upper())
    if compression is None:
        raise QueryFailure(
            "NOT_SUPPORTED",
            f"the sandbox compresses {file_format} with {', '.join(compressions)}, not {options['compression']}",
        )
    folder = match["location"].rstrip("/")
    bucket, _, key = folder.removeprefix("s3://").partition("/")
    prefix = f"{key}/" if key else ""
    if context.aws.s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("KeyCount"):
        raise QueryFailure("HIVE_PATH_ALREADY_EXISTS", f"Target directory already exists: {folder}")
    rows = query_rows(query, context).read_all()
    path = f"{bucket}/{prefix}{context.task.query_id}_{uuid.uuid4().hex}"
    if file_format == "PARQUET":
        _write_parquet(rows, path, compression, context)
    else:
        path = _write_json(rows, path, context)
    context.written_files.append(f"s3://{path}")
    return write_outcome(context, rows.num_rows)


def _write_parquet(rows: "pa.Table", path: str, compression: str, context: Context) -> None:
    import pyarrow.parquet as pq

    pq.write_table(rows, path, filesystem=context.aws.files, compression=compression)


def _write_json(rows: "pa.Table", path: str, context: Context) -> str:
    import gzip
    import json

    lines = "".join(json.dumps(row, default=str) + "\n" for row in rows.to_pylist())
    with context.aws.files.open_output_stream(f"{path}.gz", compression=None) as stream:
        stream.write(gzip.compress(lines.encode()))
    return f"{path}.gz"
