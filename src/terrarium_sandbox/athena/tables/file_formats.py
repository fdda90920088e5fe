"""File formats of Hive tables, by the SerDe in Glue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from terrarium_sandbox.athena.task import QueryFailure

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.fs import FileSystem

__all__ = ["FileFormat", "format_of"]

_HEAD_BYTES = 1 << 16


class FileFormat(Protocol):
    """The reader of one file format."""

    def bytes_of(self, files: "FileSystem", path: str, size: int, columns: Sequence[str]) -> int:
        """Return the number of bytes of a file that reading `columns` scans."""

    def read(
        self, files: "FileSystem", path: str, schema: "pa.Schema", wanted: "pa.Schema"
    ) -> "Iterator[pa.RecordBatch]":
        """Yield the rows of a file of a table with `schema`, with the columns of `wanted`."""


def format_of(table: dict[str, Any]) -> FileFormat:
    """Return the reader of a table's files.

    Raises:
        QueryFailure: The sandbox does not support the format.
    """
    descriptor = table["StorageDescriptor"]
    serde = descriptor.get("SerdeInfo", {})
    library = str(serde.get("SerializationLibrary", "")).rpartition(".")[2]
    parameters = {**table.get("Parameters", {}), **serde.get("Parameters", {})}
    skipped = int(parameters.get("skip.header.line.count", 0))
    match library:
        case "ParquetHiveSerDe":
            return _Parquet()
        case "OpenCSVSerde":
            return _Text(
                parameters.get("separatorChar", ","),
                parameters.get("quoteChar", '"'),
                skipped,
                null="",
                escape=parameters.get("escapeChar", "\\"),
            )
        case "LazySimpleSerDe":
            separator = parameters.get("field.delim") or parameters.get("serialization.format") or "\x01"
            null = parameters.get("serialization.null.format", "\\N")
            return _Text({"1": "\x01"}.get(separator, separator), None, skipped, null=null)
        case "JsonSerDe":
            return _Json()
    raise QueryFailure(
        "NOT_SUPPORTED",
        f"the sandbox reads Parquet, OpenCSV, delimited text and JSON, not {library or 'this format'}",
    )


class _Parquet:
    def bytes_of(self, files: "FileSystem", path: str, size: int, columns: Sequence[str]) -> int:  # noqa: ARG002 - the protocol's signature
        import pyarrow.parquet as pq

        metadata = pq.read_metadata(path, filesystem=files)
        return sum(
            column.total_compressed_size
            for group in map(metadata.row_group, range(metadata.num_row_groups))
            for column in map(group.column, range(metadata.num_columns))
            if column.path_in_schema.partition(".")[0].lower() in columns
        )

    def read(
        self,
        files: "FileSystem",
        path: str,
        schema: "pa.Schema",  # noqa: ARG002 - the protocol's signature
        wanted: "pa.Schema",
    ) -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pq.ParquetFile(path, filesystem=files) as file:
            stored = {name.lower(): name for name in file.schema_arrow.names}
            present = [stored[name] for name in wanted.names if name in stored]
            # Without any column, the number of rows would be lost.
            for batch in file.iter_batches(columns=present or file.schema_arrow.names[:1]):
                columns = [
                    _cast(batch.column(stored[field.name]), field, path)
                    if field.name in stored
                    else pa.nulls(batch.num_rows, field.type)
                    for field in wanted
                ]
                yield _batch(columns, wanted, batch.num_rows)


@dataclass(frozen=True)
class _Text:
    delimiter: str
    quote: str | None
    skipped: int
    null: str
    escape: str | None = None

    def bytes_of(self, files: "FileSystem", path: str, size: int, columns: Sequence[str]) -> int:  # noqa: ARG002 - the protocol's signature
        return size

    def read(
        self, files: "FileSystem", path: str, schema: "pa.Schema", wanted: "pa.Schema"
    ) -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa
        from pyarrow import csv

        with files.open_input_stream(path) as stream:
            try:
                rows = csv.read_csv(
                    stream,
                    csv.ReadOptions(
                        column_names=self._names(files, path, schema),
                        skip_rows=self.skipped,
                        use_threads=False,
                    ),
                    csv.ParseOptions(
                        delimiter=self.delimiter,
                        quote_char=self.quote or False,
                        escape_char=self.escape or False,
                        newlines_in_values=bool(self.quote),
                    ),
                    csv.ConvertOptions(
                        column_types={name: pa.string() for name in schema.names},
                        null_values=[self.null],
                        strings_can_be_null=self.quote is None,
                        include_columns=wanted.names or schema.names[:1],
                        include_missing_columns=True,
                    ),
                )
            except pa.ArrowInvalid as error:
                if "Empty CSV file" in str(error):
                    return
                raise QueryFailure("HIVE_BAD_DATA", f"s3://{path}: {error}") from error
        for batch in rows.to_batches():
            columns = [_parsed(batch.column(field.name), field) for field in wanted]
            yield _batch(columns, wanted, batch.num_rows)

    def _names(self, files: "FileSystem", path: str, schema: "pa.Schema") -> list[str]:
        """Return the table's columns that a file has, and generated names for further columns, which Hive ignores."""
        import csv

        with files.open_input_stream(path) as stream:
            lines = stream.read(_HEAD_BYTES).decode(errors="replace").splitlines()[self.skipped :]
        if self.quote:
            rows = csv.reader(lines[:1], delimiter=self.delimiter, quotechar=self.quote)
        else:
            rows = csv.reader(lines[:1], delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        width = len(next(rows, schema.names))
        names: list[str] = schema.names[:width]
        return names + [f"__beyond_{n}" for n in range(len(schema), width)]


class _Json:
    def bytes_of(self, files: "FileSystem", path: str, size: int, columns: Sequence[str]) -> int:  # noqa: ARG002 - the protocol's signature
        return size

    def read(
        self,
        files: "FileSystem",
        path: str,
        schema: "pa.Schema",  # noqa: ARG002 - the protocol's signature
        wanted: "pa.Schema",
    ) -> "Iterator[pa.RecordBatch]":
        import json

        import pyarrow as pa

        with files.open_input_stream(path) as stream:
            try:
                rows = [json.loads(line) for line in stream.read().splitlines() if line.strip()]
            except ValueError as error:
                raise QueryFailure(
                    "HIVE_CURSOR_ERROR", f"s3://{path}: Row is not a valid JSON Object - {error}"
                ) from error
        lowered = [{key.lower(): value for key, value in row.items()} for row in rows]
        try:
            columns = [pa.array([row.get(field.name) for row in lowered], field.type) for field in wanted]
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            columns = [
                _parsed(pa.array([_as_string(row.get(field.name)) for row in lowered], pa.string()), field)
                for field in wanted
            ]
        yield _batch(columns, wanted, len(rows))


def _as_string(value: Any) -> str | None:
    import json

    return value if value is None or isinstance(value, str) else json.dumps(value)


def _parsed(column: "pa.Array", field: "pa.Field") -> "pa.Array":
    """Return text as the column's type. Values that cannot be parsed are null, as in Hive."""
    import pyarrow as pa

    if pa.types.is_string(field.type):
        return column
    try:
        return column.cast(field.type)
    except pa.ArrowInvalid:
        return pa.array([_parsed_value(value, field.type) for value in column.to_pylist()], field.type)
    except pa.ArrowNotImplementedError as error:
        raise QueryFailure("NOT_SUPPORTED", f"the sandbox does not parse {field.type} from text") from error


def _parsed_value(text: str | None, kind: "pa.DataType") -> Any:
    import pyarrow as pa

    try:
        return pa.scalar(text, pa.string()).cast(kind).as_py()
    except pa.ArrowInvalid:
        return None


def _cast(column: "pa.Array", field: "pa.Field", path: str) -> "pa.Array":
    import pyarrow as pa

    try:
        return column if column.type == field.type else column.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise QueryFailure(
            "HIVE_BAD_DATA",
            f"Field {field.name}'s type {column.type} in parquet file s3://{path} is incompatible with type "
            f"{field.type} defined in table schema",
        ) from error


def _batch(columns: "list[pa.Array]", schema: "pa.Schema", rows: int) -> "pa.RecordBatch":
    import pyarrow as pa

    if columns:
        return pa.RecordBatch.from_arrays(columns, schema=schema)
    return pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))
