"""Translation of casts from and to JSON (Trino documentation, "Cast to JSON" and "Cast from JSON")."""

import zlib
from typing import TYPE_CHECKING

from sqlglot import exp

from terrarium_sandbox.athena.translation.call import Argument

if TYPE_CHECKING:
    from terrarium_sandbox.athena.translation.call import OperandTranslation

__all__ = ["from_json", "to_json"]

_NESTED = frozenset({exp.DType.STRUCT, exp.DType.ARRAY, exp.DType.MAP})


def to_json(value: Argument) -> str:
    """Return `CAST(value AS JSON)`. A text becomes a JSON string and is not parsed."""
    if value.is_null:
        return "CAST(NULL AS JSON)"
    source = value.type
    if source == "JSON":
        return str(value)
    if source in {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}:
        zone = "%g UTC" if source.endswith("ZONE") else "%g"
        return f"to_json(strftime({value}, '%Y-%m-%d %H:%M:%S.{zone}'))"
    return f"CASE WHEN {value} IS NULL THEN NULL ELSE to_json({value}) END"


def from_json(translation: "OperandTranslation", value: str, to: exp.DataType) -> str:
    """Return `CAST(value AS to)` of a JSON value. Rows are made from objects by name, from arrays by position."""
    if to.this in {exp.DType.VARCHAR, exp.DType.TEXT}:
        return f"trino_json_text({value})"
    if to.this == exp.DType.JSON:
        return value
    if to.this not in _NESTED or not _has_row(to):
        return f"CAST({value} AS {translation.sql(to)})"
    variable = f"j{zlib.crc32(f'{value}|{to.sql()}'.encode()):x}"
    if to.this == exp.DType.ARRAY:
        inner = from_json(translation, variable, to.expressions[0])
        return f"list_transform(CAST({value} AS JSON[]), lambda {variable}: {inner})"
    if to.this == exp.DType.MAP:
        inner = from_json(translation, f"{variable}.value", to.expressions[1])
        key = translation.sql(to.expressions[0])
        entries = f"map_entries(CAST({value} AS MAP({key}, JSON)))"
        made = f"list_transform({entries}, lambda {variable}: struct_pack(k := {variable}.key, v := {inner}))"
        return f"CASE WHEN {value} IS NULL THEN NULL ELSE map_from_entries({made}) END"
    parts = []
    for position, column in enumerate(to.expressions):
        name = column.name if isinstance(column, exp.ColumnDef) else ""
        kind = column.args["kind"] if isinstance(column, exp.ColumnDef) else column
        item = f"trino_json_field({variable}, {position}, '{name.replace(chr(39), chr(39) * 2)}')"
        parts.append(f'"{name or f"_{position}"}" := {from_json(translation, f"CAST({item} AS JSON)", kind)}')
    made = f"struct_pack({', '.join(parts)})"
    absent = f"{variable} IS NULL OR CAST({variable} AS VARCHAR) = 'null'"
    return f"list_transform([{value}], lambda {variable}: CASE WHEN {absent} THEN NULL ELSE {made} END)[1]"


def _has_row(kind: exp.DataType) -> bool:
    return any(one.this == exp.DType.STRUCT for one in kind.find_all(exp.DataType))
