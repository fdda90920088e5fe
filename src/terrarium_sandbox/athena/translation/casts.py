"""Translation of CAST and TRY_CAST, by the type of the value."""

import zlib
from typing import TYPE_CHECKING

from sqlglot import exp

from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.call import Argument
from terrarium_sandbox.athena.translation.engine_types import (
    element,
    fields,
    is_float,
    is_list,
    is_map,
    is_row,
)
from terrarium_sandbox.athena.translation.json_casts import from_json, to_json

if TYPE_CHECKING:
    from terrarium_sandbox.athena.translation.call import OperandTranslation

__all__ = ["cast", "text_of"]

_INTEGERS = frozenset({exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT})
_TEXTS = frozenset({exp.DType.VARCHAR, exp.DType.TEXT, exp.DType.CHAR, exp.DType.NCHAR})
_TIMESTAMPS = frozenset({exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ})
_UNKNOWN = frozenset({exp.DType.USERDEFINED, exp.DType.HLLSKETCH, exp.DType.IPADDRESS, exp.DType.INTERVAL})
_MICROSECOND_DIGITS = 6
_NAMES = {"TINYINT": "tinyint", "SMALLINT": "smallint", "INT": "integer", "BIGINT": "bigint"}


def cast(translation: "OperandTranslation", value: Argument, to: exp.DataType, *, safe: bool) -> str:
    """Return `CAST(value AS to)`, or TRY_CAST if `safe`."""
    kind = to.this
    if kind in _UNKNOWN or isinstance(kind, exp.Interval):
        raise QueryFailure("NOT_SUPPORTED", f"the sandbox does not cast to {to.sql('trino')}")
    if kind in _TEXTS:
        return _to_text(value, to)
    if kind == exp.DType.JSON:
        return to_json(value)
    word = "TRY_CAST" if safe else "CAST"
    target = _target(translation, value, to)
    if value.is_null:
        return f"{word}(NULL AS {target})"
    source = "VARCHAR" if value.node.is_string else value.type
    if source == "JSON":
        return from_json(translation, str(value), to)
    if kind in _INTEGERS:
        return _to_integer(value, source, target, word)
    if kind in _TIMESTAMPS and to.expressions and not value.node.is_string:
        return _to_timestamp(value, target, word, int(to.expressions[0].name))
    if to.this in {exp.DType.STRUCT, exp.DType.ARRAY, exp.DType.MAP} and source:
        return _nested(translation, str(value), source, to)
    return f"{word}({value} AS {target})"


def _target(translation: "OperandTranslation", value: Argument, to: exp.DataType) -> str:
    if to.this == exp.DType.DECIMAL and not to.expressions:
        if value.node.is_string:  # sqlglot parses DECIMAL '1.5' and CAST('1.5' AS DECIMAL) alike
            raise QueryFailure(
                "NOT_SUPPORTED", "the sandbox needs precision and scale: CAST('1.5' AS DECIMAL(2, 1))"
            )
        return "DECIMAL(38, 0)"
    if to.this in _TIMESTAMPS:
        return "TIMESTAMPTZ" if to.this == exp.DType.TIMESTAMPTZ else "TIMESTAMP"
    return translation.sql(to)


def _to_integer(value: Argument, source: str, target: str, word: str) -> str:
    """Return a cast to an integer. Halves of doubles are rounded away from zero; texts must be whole numbers."""
    if is_float(source):
        return f"{word}(round({value}) AS {target})"
    if source != "VARCHAR":
        return f"{word}({value} AS {target})"
    name = _NAMES.get(target, target.lower())
    failing = f"trino_fail_integer('INVALID_CAST_ARGUMENT', 'Cannot cast ''' || {value} || ''' to {name}')"
    otherwise = "NULL" if word == "TRY_CAST" else failing
    return (
        f"CASE WHEN regexp_full_match({value}, '[+-]?[0-9]+') THEN {word}({value} AS {target}) "
        f"WHEN {value} IS NULL THEN NULL ELSE CAST({otherwise} AS {target}) END"
    )


def _to_timestamp(value: Argument, target: str, word: str, digits: int) -> str:
    """Return a cast to a timestamp, rounded if it has fewer digits than microseconds."""
    whole = f"{word}({value} AS {target})"
    if digits >= _MICROSECOND_DIGITS or value.type == "DATE":
        return whole
    unit = 10 ** (_MICROSECOND_DIGITS - digits)
    make = "make_timestamptz" if target == "TIMESTAMPTZ" else "make_timestamp"
    return f"{make}(CAST(round(epoch_us({whole}) / {unit}.0) AS BIGINT) * {unit})"


def _to_text(value: Argument, to: exp.DataType) -> str:
    """Return a cast to text. Texts are cut to the length of the type; other values must fit."""
    source = value.type
    if is_list(source) or is_map(source) or is_row(source):
        raise QueryFailure("TYPE_MISMATCH", f"Cannot cast {source.lower()} to varchar")
    text = text_of(value, source)
    if not to.expressions:
        return f"rpad({text}, 1, ' ')" if to.this == exp.DType.CHAR else text
    length = int(to.expressions[0].name)
    if source in {"VARCHAR", "JSON"}:
        cut = f"left({text}, {length})"
        return f"rpad({cut}, {length}, ' ')" if to.this == exp.DType.CHAR else cut
    words = f"'Value ' || {text} || ' cannot be represented as varchar({length})'"
    failing = f"trino_fail('INVALID_CAST_ARGUMENT', {words})"
    return f"CASE WHEN length({text}) > {length} THEN {failing} ELSE {text} END"


def text_of(value: Argument, source: str) -> str:
    """Return a value as the text that a cast to VARCHAR produces."""
    if source == "VARCHAR":
        return str(value)
    if is_float(source):
        return f"trino_{source.lower()}_text({value})"
    if source == "JSON":
        return f"trino_json_text({value})"
    if source in {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}:
        return _timestamp_text(value, source)
    if source == "BLOB":
        return f"trino_from_utf8({value})"
    return f"CAST({value} AS VARCHAR)"


def _timestamp_text(value: Argument, source: str) -> str:
    """Return a timestamp as text, with the digits of a literal, or with milliseconds, or microseconds if not zero."""
    zone = " || ' UTC'" if source.endswith("ZONE") else ""
    plain = f"strftime({value}, '%Y-%m-%d %H:%M:%S')"
    node = value.node
    if isinstance(node, exp.Cast) and node.this.is_string and node.to.expressions:
        digits = int(node.to.expressions[0].name)
        fraction = f" || '.' || left(strftime({value}, '%f'), {digits})" if digits else ""
        return f"({plain}{fraction}{zone})"
    fraction = f"CASE WHEN epoch_us({value}) % 1000 = 0 THEN strftime({value}, '.%g') ELSE strftime({value}, '.%f') END"
    return f"({plain} || {fraction}{zone})"


def _nested(translation: "OperandTranslation", value: str, source: str, to: exp.DataType) -> str:
    """Return a cast of nested values. Rows are cast by position; the engine would cast by name."""
    variable = f"c{zlib.crc32(f'{value}|{to.sql()}'.encode()):x}"
    if to.this == exp.DType.STRUCT and is_row(source):
        have, want = fields(source), to.expressions
        if len(have) != len(want):
            raise QueryFailure("TYPE_MISMATCH", f"Cannot cast row of {len(have)} fields to {to.sql('trino')}")
        parts = []
        for position, ((name, kind), column) in enumerate(zip(have, want, strict=True), start=1):
            part = f'{variable}."{name}"' if name is not None else f"{variable}[{position}]"
            named = column.name if isinstance(column, exp.ColumnDef) else f"_{position - 1}"
            wanted = column.args["kind"] if isinstance(column, exp.ColumnDef) else column
            parts.append(f'"{named}" := {_nested(translation, part, kind, wanted)}')
        made = f"struct_pack({', '.join(parts)})"
        return (
            f"list_transform([{value}], lambda {variable}: "
            f"CASE WHEN {variable} IS NULL THEN NULL ELSE {made} END)[1]"
        )
    if to.this == exp.DType.ARRAY and is_list(source) and is_row(element(source)):
        inner = _nested(translation, variable, element(source), to.expressions[0])
        return f"list_transform({value}, lambda {variable}: {inner})"
    return f"CAST({value} AS {translation.sql(to)})"
