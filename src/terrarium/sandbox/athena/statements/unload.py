"""UNLOAD: a query's rows as files."""

import re
import uuid
from typing import TYPE_CHECKING

from sqlglot import exp

from terrarium.sandbox.athena.parsing import Statement, parse
from terrarium.sandbox.athena.statements.context import Context
from terrarium.sandbox.athena.statements.select import query_rows
from terrarium.sandbox.athena.statements.writing import written
from terrarium.sandbox.athena.task import Outcome, QueryFailure

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["unload"]

_UNLOAD = re.compile(
    r"UNLOAD\s*\((?P<query>.*)\)\s*TO\s*'(?P<location>s3://[^']+)'\s*WITH\s*\((?P<options>.*)\)",
    re.IGNORECASE | re.DOTALL,
)
_OPTION = re.compile(r"\s*(\w+)\s*=\s*'([^']*)'\s*(?:,|\Z)")


def unload(statement: Statement, context: Context) -> Outcome:
    """Write the rows as Parquet or JSON under an empty location."""
    match = _UNLOAD.fullmatch(statement.text)
    options = {name.lower(): value for name, value in _OPTION.findall(match["options"])} if match else {}
    if match is None or options.keys() != {"format"}:
        raise QueryFailure(
            "NOT_SUPPORTED",
            "the sandbox unloads by UNLOAD (SELECT ...) TO 's3://...' WITH (format = '...') alone",
        )
    query = parse(match["query"]).tree
    if not isinstance(query, exp.Query):
        raise QueryFailure("", "UNLOAD takes a SELECT")
    writers = {"PARQUET": _write_parquet, "JSON": _write_json}
    write = writers.get(options["format"].upper())
    if write is None:
        raise QueryFailure(
            "NOT_SUPPORTED", f"the sandbox unloads as {', '.join(writers)}, not {options['format']}"
        )
    folder = match["location"].rstrip("/")
    bucket, _, prefix = folder.removeprefix("s3://").partition("/")
    if context.aws.s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/", MaxKeys=1).get("KeyCount"):
        raise QueryFailure("HIVE_PATH_ALREADY_EXISTS", f"Target directory already exists: {folder}")
    rows = query_rows(query, context).read_all()
    path = write(rows, f"{bucket}/{prefix}/{context.task.query_id}_{uuid.uuid4().hex}", context)
    context.written_files.append(f"s3://{path}")
    return written(context, rows.num_rows)


def _write_parquet(rows: "pa.Table", path: str, context: Context) -> str:
    import pyarrow.parquet as pq

    pq.write_table(rows, path, filesystem=context.aws.files)
    return path


def _write_json(rows: "pa.Table", path: str, context: Context) -> str:
    import gzip
    import json

    lines = "".join(json.dumps(row, default=str) + "\n" for row in rows.to_pylist())
    with context.aws.files.open_output_stream(f"{path}.gz", compression=None) as stream:
        stream.write(gzip.compress(lines.encode()))
    return f"{path}.gz"
