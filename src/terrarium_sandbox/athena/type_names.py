"""Names of types: Hive's in Glue, Arrow's in the engine, Athena's in results."""

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from terrarium_sandbox.athena.task import Column, QueryFailure

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arrow_type", "arrow_type_of_hive", "athena_column", "athena_type", "hive_type"]

_LONGEST_TEXT = 2147483647


def arrow_type_of_hive(text: str) -> "pa.DataType":
    """Return the Arrow type of a column type in Glue, such as `array<struct<x:int>>`.

    Raises:
        QueryFailure: Hive has no such type.
    """
    try:
        return arrow_type(exp.DataType.build(text, dialect="hive"))
    except (SqlglotError, ValueError) as error:
        raise QueryFailure("HIVE_INVALID_METADATA", f"Unknown type {text!r}") from error


def arrow_type(kind: exp.DataType) -> "pa.DataType":
    """Return the Arrow type of an SQL type."""
    import pyarrow as pa

    simple = {
        exp.DType.BOOLEAN: pa.bool_(),
        exp.DType.TINYINT: pa.int8(),
        exp.DType.SMALLINT: pa.int16(),
        exp.DType.INT: pa.int32(),
        exp.DType.BIGINT: pa.int64(),
        exp.DType.FLOAT: pa.float32(),
        exp.DType.DOUBLE: pa.float64(),
        exp.DType.VARCHAR: pa.string(),
        exp.DType.TEXT: pa.string(),
        exp.DType.CHAR: pa.string(),
        exp.DType.BINARY: pa.binary(),
        exp.DType.VARBINARY: pa.binary(),
        exp.DType.DATE: pa.date32(),
        exp.DType.TIMESTAMP: pa.timestamp("us"),
        exp.DType.TIMESTAMPNTZ: pa.timestamp("us"),
        exp.DType.TIMESTAMPTZ: pa.timestamp("us", tz="UTC"),
        exp.DType.TIMESTAMPLTZ: pa.timestamp("us", tz="UTC"),
    }
    if kind.this in simple:
        return simple[kind.this]
    inner = kind.expressions
    match kind.this:
        case exp.DType.DECIMAL:
            precision, scale = [int(one.name) for one in inner] or (10, 0)
            return pa.decimal128(precision, scale)
        case exp.DType.ARRAY | exp.DType.LIST:
            return pa.list_(arrow_type(inner[0]))
        case exp.DType.MAP:
            return pa.map_(arrow_type(inner[0]), arrow_type(inner[1]))
        case exp.DType.STRUCT:
            return pa.struct([(one.name.lower(), arrow_type(one.args["kind"])) for one in inner])
    raise QueryFailure("NOT_SUPPORTED", f"Unsupported type: {kind.sql(dialect='hive')}")


def hive_type(kind: "pa.DataType") -> str:
    """Return Glue's name of an Arrow type."""
    import pyarrow as pa

    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"array<{hive_type(kind.value_type)}>"
    if pa.types.is_map(kind):
        return f"map<{hive_type(kind.key_type)},{hive_type(kind.item_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{','.join(f'{field.name}:{hive_type(field.type)}' for field in kind)}>"
    if pa.types.is_timestamp(kind):
        return "timestamp"
    name = athena_type(kind)
    renamed = {"integer": "int", "varchar": "string", "varbinary": "binary"}
    return f"decimal({kind.precision},{kind.scale})" if name == "decimal" else renamed.get(name, name)


def athena_type(kind: "pa.DataType") -> str:
    """Return the name of an Arrow type in results."""
    import pyarrow as pa

    if pa.types.is_timestamp(kind):
        return "timestamp with time zone" if kind.tz else "timestamp"
    for check, name in (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_int8, "tinyint"),
        (lambda one: pa.types.is_int16(one) or pa.types.is_uint8(one), "smallint"),
        (lambda one: pa.types.is_int32(one) or pa.types.is_uint16(one), "integer"),
        (pa.types.is_integer, "bigint"),
        (pa.types.is_float32, "float"),
        (pa.types.is_float64, "double"),
        (pa.types.is_decimal, "decimal"),
        (lambda one: pa.types.is_string(one) or pa.types.is_large_string(one), "varchar"),
        (lambda one: pa.types.is_binary(one) or pa.types.is_large_binary(one), "varbinary"),
        (pa.types.is_date, "date"),
        (pa.types.is_time, "time"),
        (lambda one: pa.types.is_list(one) or pa.types.is_large_list(one), "array"),
        (pa.types.is_map, "map"),
        (pa.types.is_struct, "row"),
        (pa.types.is_null, "unknown"),
    ):
        if check(kind):
            return name
    raise QueryFailure("NOT_SUPPORTED", f"the sandbox has no Athena type for {kind}")


def athena_column(name: str, kind: "pa.DataType") -> Column:
    """Return the description of a result's column."""
    text = athena_type(kind)
    precision = {
        "tinyint": 3,
        "smallint": 5,
        "integer": 10,
        "bigint": 19,
        "float": 17,
        "double": 17,
        "varchar": _LONGEST_TEXT,
        "varbinary": 1073741824,
        "timestamp": 3,
        "timestamp with time zone": 3,
    }.get(text, 0)
    if text == "decimal":
        return Column(name=name, type=text, precision=kind.precision, scale=kind.scale)
    return Column(name=name, type=text, precision=precision)
