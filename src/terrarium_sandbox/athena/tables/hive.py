"""Hive tables: files of Parquet, CSV, delimited text or JSON below a location, with or without partitions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from terrarium_sandbox.athena.aws_clients import AwsClients
from terrarium_sandbox.athena.tables import file_formats
from terrarium_sandbox.athena.tables.catalog import Catalog
from terrarium_sandbox.athena.tables.table_source import Predicate, Scan
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.type_names import arrow_type_of_hive

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["HiveTable"]

_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_COMPARISONS = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True)
class _Folder:
    """A folder of files, with the values of the partition's columns."""

    location: str
    values: Mapping[str, Any]


class HiveTable:
    """The rows of an external table.

    Args:
        table: The table in Glue's form.
        aws: The caller's clients.

    Raises:
        QueryFailure: The table uses a feature that the sandbox does not support.
    """

    def __init__(self, table: dict[str, Any], aws: AwsClients) -> None:
        self._table = table
        self._aws = aws
        parameters = table.get("Parameters", {})
        if str(parameters.get("projection.enabled", "")).lower() == "true":
            raise QueryFailure(
                "NOT_SUPPORTED", "the sandbox does not project partitions: add them to the catalog"
            )
        self._format = file_formats.format_of(table)

    @cached_property
    def schema(self) -> "pa.Schema":
        """The columns of files, followed by the partition columns."""
        import pyarrow as pa

        return pa.schema([*self._in_files.items(), *self._of_partitions.items()])

    def scan(self, columns: Sequence[str], predicates: Sequence[Predicate]) -> Scan:
        """Plan to read only the partitions that may contain matching rows."""
        import pyarrow as pa

        folders = [folder for folder in self._folders() if _may_hold(folder, predicates)]
        wanted = pa.schema([self.schema.field(name) for name in columns])
        of_files = pa.schema([field for field in wanted if field.name in self._in_files])
        files = [(folder, path, size) for folder in folders for path, size in self._files(folder)]
        bytes_scanned = sum(
            self._format.bytes_of(self._aws.files, path, size, of_files.names) for _, path, size in files
        )

        def batches() -> "Iterator[pa.RecordBatch]":
            for folder, path, _ in files:
                for batch in self._format.read(self._aws.files, path, self._file_schema, of_files):
                    yield _with_partition(batch, folder.values, wanted)

        return Scan(bytes_scanned, lambda: pa.RecordBatchReader.from_batches(wanted, batches()))

    @cached_property
    def _file_schema(self) -> "pa.Schema":
        import pyarrow as pa

        return pa.schema(list(self._in_files.items()))

    @cached_property
    def _in_files(self) -> "dict[str, pa.DataType]":
        return _types(self._table["StorageDescriptor"]["Columns"])

    @cached_property
    def _of_partitions(self) -> "dict[str, pa.DataType]":
        return _types(self._table.get("PartitionKeys", []))

    def _folders(self) -> Iterator[_Folder]:
        if not self._of_partitions:
            yield _Folder(self._table["StorageDescriptor"]["Location"], {})
            return
        for partition in Catalog(self._aws).partitions(self._table):
            values = {
                name: _partition_value(text, kind)
                for (name, kind), text in zip(self._of_partitions.items(), partition["Values"], strict=True)
            }
            yield _Folder(partition["StorageDescriptor"]["Location"], values)

    def _files(self, folder: _Folder) -> Iterator[tuple[str, int]]:
        """Yield path and size of each file. Hive ignores names that start with a dot or an underscore."""
        bucket, _, prefix = folder.location.removeprefix("s3://").partition("/")
        prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
        for page in self._aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", ()):
                below = found["Key"].removeprefix(prefix)
                if found["Size"] and not any(part.startswith((".", "_")) for part in below.split("/")):
                    yield f"{bucket}/{found['Key']}", found["Size"]


def _types(columns: Sequence[dict[str, Any]]) -> "dict[str, pa.DataType]":
    return {column["Name"].lower(): arrow_type_of_hive(column.get("Type", "string")) for column in columns}


def _partition_value(text: str, kind: "pa.DataType") -> Any:
    import pyarrow as pa

    return None if text == _NULL_PARTITION else pa.scalar(unquote(text)).cast(kind).as_py()


def _may_hold(folder: _Folder, predicates: Sequence[Predicate]) -> bool:
    return all(
        _satisfies(folder.values[predicate.column], predicate)
        for predicate in predicates
        if predicate.column in folder.values
    )


def _satisfies(value: Any, predicate: Predicate) -> bool:
    if value is None:
        return False
    try:
        if predicate.operator == "in":
            return value in predicate.values
        return bool(_COMPARISONS[predicate.operator](value, predicate.values[0]))
    except TypeError:  # different types: the engine evaluates the comparison
        return True


def _with_partition(
    batch: "pa.RecordBatch", values: Mapping[str, Any], wanted: "pa.Schema"
) -> "pa.RecordBatch":
    import pyarrow as pa

    columns = [
        pa.array([values[field.name]] * batch.num_rows, field.type)
        if field.name in values
        else batch.column(field.name)
        for field in wanted
    ]
    return pa.RecordBatch.from_arrays(columns, schema=wanted)
