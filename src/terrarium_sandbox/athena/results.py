"""Result files of queries: rows as CSV with quoted values and unquoted nulls, lines as plain text."""

import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING

from terrarium_sandbox.athena.aws_clients import AwsClients
from terrarium_sandbox.athena.task import Outcome, QueryFailure, QueryTask
from terrarium_sandbox.athena.type_names import athena_column
from terrarium_sandbox.athena.values import as_text

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["write_lines", "write_object", "write_rows"]

_IN_MEMORY_BYTES = 1 << 22


def write_rows(
    rows: "pa.RecordBatchReader", *, task: QueryTask, aws: AwsClients, bytes_scanned: int
) -> Outcome:
    """Write rows with a header as `<query id>.csv`.

    Raises:
        QueryFailure: The caller may not write there, or Athena has no type for a column.
    """
    import pyarrow as pa
    from pyarrow import csv

    columns = [athena_column(field.name, field.type) for field in rows.schema]
    # Names may repeat; Arrow's writer accepts that.
    text = pa.schema([(column.name, pa.string()) for column in columns])
    location = f"{task.output_location}{task.query_id}.csv"
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:
        options = csv.WriteOptions(quoting_style="all_valid")
        sink = pa.PythonFile(file, mode="w")
        with csv.CSVWriter(sink, text, write_options=options) as writer:
            for batch in rows:
                writer.write_batch(
                    pa.RecordBatch.from_arrays([as_text(column) for column in batch.columns], schema=text)
                )
        _put(file, location, task=task, aws=aws)
    return Outcome(location=location, columns=tuple(columns), bytes_scanned=bytes_scanned)


def write_lines(
    names: Iterable[str], lines: Iterable[Iterable[str]], *, task: QueryTask, aws: AwsClients
) -> Outcome:
    """Write lines with tab-separated parts and without a header as `<query id>.txt`."""
    import pyarrow as pa

    content = "".join("\t".join(parts) + "\n" for parts in lines)
    location = f"{task.output_location}{task.query_id}.txt"
    write_object(content.encode(), location, task=task, aws=aws)
    return Outcome(location=location, columns=tuple(athena_column(name, pa.string()) for name in names))


def write_object(content: bytes, location: str, *, task: QueryTask, aws: AwsClients) -> None:
    """Write one object to the result location, encrypted as the workgroup requires.

    Raises:
        QueryFailure: The caller may not write there.
    """
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:
        file.write(content)
        _put(file, location, task=task, aws=aws)


def _put(
    file: "tempfile.SpooledTemporaryFile[bytes]", location: str, *, task: QueryTask, aws: AwsClients
) -> None:
    from boto3.exceptions import S3UploadFailedError
    from botocore.exceptions import ClientError

    bucket, _, key = location.removeprefix("s3://").partition("/")
    file.seek(0)
    try:
        aws.s3.upload_fileobj(file, bucket, key, ExtraArgs=task.output_encryption)
    except (ClientError, S3UploadFailedError) as error:
        raise QueryFailure("", f"Access denied when writing output to url: {location} ({error})") from error
