"""Glue's TableInput of a Hive table."""

from collections.abc import Mapping, Sequence
from typing import Any

from terrarium_sandbox.athena.statements.table_options import TableOptions
from terrarium_sandbox.athena.task import QueryFailure

__all__ = ["hive_table_input"]

_HADOOP = "org.apache.hadoop"
_TEXT = (
    f"{_HADOOP}.mapred.TextInputFormat",
    f"{_HADOOP}.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
)
_PARQUET = (
    f"{_HADOOP}.hive.ql.io.parquet.MapredParquetInputFormat",
    f"{_HADOOP}.hive.ql.io.parquet.MapredParquetOutputFormat",
    f"{_HADOOP}.hive.ql.io.parquet.serde.ParquetHiveSerDe",
)
_LAZY = f"{_HADOOP}.hive.serde2.lazy.LazySimpleSerDe"
_JSON = "org.openx.data.jsonserde.JsonSerDe"


def hive_table_input(
    name: str,
    columns: Sequence[Mapping[str, str]],
    partitions: Sequence[Mapping[str, str]],
    options: TableOptions,
) -> dict[str, Any]:
    """Return the TableInput of an external table.

    Raises:
        QueryFailure: The sandbox does not support the format.
    """
    form = options.format or "TEXTFILE"
    if form == "PARQUET":
        reads, writes, serde = *_PARQUET[:2], options.serde or _PARQUET[2]
    elif form in {"TEXTFILE", "JSON"} or form.endswith("TextInputFormat"):
        reads, writes, serde = *_TEXT, options.serde or (_JSON if form == "JSON" else _LAZY)
    else:
        raise QueryFailure(
            "NOT_SUPPORTED", f"the sandbox stores tables as PARQUET, TEXTFILE or JSON, not {form}"
        )
    comment = {"comment": options.comment} if options.comment else {}
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            **{key: str(value) for key, value in options.properties.items()},
            **comment,
        },
        "PartitionKeys": list(partitions),
        "StorageDescriptor": {
            "Columns": list(columns),
            "Location": options.location,
            "InputFormat": reads,
            "OutputFormat": writes,
            "SerdeInfo": {
                "SerializationLibrary": serde,
                "Parameters": {"serialization.format": "1", **options.serde_parameters},
            },
        },
    }
