"""Translation of `x[i]` of arrays, maps and rows (Trino documentation, "Subscript operator")."""

from collections.abc import Callable

from sqlglot import exp

from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.call import Argument
from terrarium_sandbox.athena.translation.engine_types import arguments, fields, is_list, is_map, is_row

__all__ = ["subscript"]


def subscript(value: Argument, index: Argument) -> str:
    """Return the element. A missing element is an error; in the engine, it would be NULL."""
    kind = value.type
    if is_list(kind):
        return _once(value, lambda array: _of_array(array, str(index)))
    if is_map(kind):
        key_kind = arguments(kind)[0]
        return _once(value, lambda entries: _of_map(entries, str(index), key_kind))
    if is_row(kind):
        names = [name for name, _ in fields(kind)]
        if not index.node.is_int:
            raise QueryFailure("TYPE_MISMATCH", "Subscript expression on ROW requires a constant index")
        position = int(index.node.name)
        if not 1 <= position <= len(names):
            raise QueryFailure("INVALID_FUNCTION_ARGUMENT", f"ROW index out of bounds: {position}")
        name = names[position - 1]
        return f"{value}[{position}]" if name is None else f"struct_extract({value}, '{name}')"
    if kind and kind != '"NULL"':
        raise QueryFailure(
            "TYPE_MISMATCH", f"Cannot use {kind.lower()} for subscript: it is not an array, map or row"
        )
    return f"{value}[{index}]"


def _of_array(array: str, index: str) -> str:
    failing = f"trino_fail_index(CAST({index} AS BIGINT), len({array}))"
    return f"{array}[CASE WHEN {index} BETWEEN 1 AND len({array}) THEN {index} ELSE {failing} END]"


def _of_map(entries: str, key: str, kind: str) -> str:
    failing = f"CAST(trino_fail_key(CAST({key} AS VARCHAR)) AS {kind})"
    return f"{entries}[CASE WHEN {entries} IS NULL OR map_contains({entries}, {key}) THEN {key} ELSE {failing} END]"


def _once(value: Argument, body: Callable[[str], str]) -> str:
    if isinstance(value.node, exp.Column | exp.Var):
        return body(str(value))
    variable = value.variable("s")
    return f"list_transform([{value}], lambda {variable}: {body(variable)})[1]"
