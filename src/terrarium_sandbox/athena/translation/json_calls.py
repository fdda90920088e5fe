"""Translation of SQL/JSON functions: json_value, json_query, json_exists, json_array, json_object."""

import zlib
from typing import TYPE_CHECKING

from sqlglot import exp

from terrarium_sandbox.athena.sql_dialect import JsonEntry, JsonFunction
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.json_casts import to_json

if TYPE_CHECKING:
    from terrarium_sandbox.athena.translation.call import OperandTranslation

__all__ = ["json_call"]

_TEXTS = frozenset({exp.DType.VARCHAR, exp.DType.TEXT, exp.DType.CHAR})
_EXISTS = {"TRUE": "TRUE", "FALSE": "FALSE", "UNKNOWN": "NULL"}
# The results of these functions are JSON if they are arguments of another JSON function.
_JSON_RESULTS = frozenset({"json_query", "json_array", "json_object"})


def json_call(translation: "OperandTranslation", node: JsonFunction) -> str:
    """Return the SQL of a function.

    A Python function evaluates the path. The first letter of its result is `V` for a value, `N` for JSON null, `E` if
    nothing was found, or `X` for an error, followed by the message.
    """
    name = node.args["name"]
    if name in {"json_array", "json_object"}:
        return _constructed(translation, node, name)
    path = node.args.get("path")
    if path is None or not path.is_string:
        raise QueryFailure("TYPE_MISMATCH", f"{name} needs a JSON path as a text literal")
    value = _text(translation, node.args["this"])
    passed = [
        f"'{_quoted(entry.args['key'])}', {_json(translation, entry)}"
        for entry in node.args.get("passing") or ()
    ]
    options = f"{node.args.get('wrapper') or 'WITHOUT'} {node.args.get('quotes') or 'KEEP'}"
    answer = (
        f"trino_json_path('{name}', {value}, '{_quoted(path.name)}', "
        f"CAST(json_object({', '.join(passed)}) AS VARCHAR), '{options}')"
    )
    variable = f"j{zlib.crc32(answer.encode()):x}"
    body = _answer(translation, node, name, variable)
    return f"list_transform([{answer}], lambda {variable}: {body})[1]"


def _answer(translation: "OperandTranslation", node: JsonFunction, name: str, variable: str) -> str:
    on_error, on_empty = node.args.get("on_error"), node.args.get("on_empty")
    letter, text = f"left({variable}, 1)", f"substr({variable}, 2)"
    failing = f"trino_fail('{_CODES[name]}', {text})"
    if name == "json_exists":
        error = _EXISTS.get(str(on_error or "FALSE"), f"CAST({failing} AS BOOLEAN)")
        return f"CASE {letter} WHEN 'V' THEN TRUE WHEN 'E' THEN FALSE WHEN 'X' THEN {error} END"
    returning = node.args.get("returning")
    kind = translation.sql(returning) if returning else "VARCHAR"
    value, fits = text, "TRUE"
    if returning is not None and returning.this not in _TEXTS:
        value, fits = f"TRY_CAST({text} AS {kind})", f"TRY_CAST({text} AS {kind}) IS NOT NULL"
    elif returning is not None and returning.expressions:
        length = returning.expressions[0].name
        fits = f"length({text}) <= {length}"
        value = f"rpad({text}, {length}, ' ')" if returning.this == exp.DType.CHAR else text
    error = _outcome(translation, on_error, failing, kind)
    nothing = f"trino_fail('{_CODES[name]}', 'JSON path found no items')"
    empty = _outcome(translation, on_empty, nothing, kind)
    return (
        f"CASE WHEN {letter} = 'V' AND {fits} THEN {value} WHEN {letter} = 'N' THEN NULL "
        f"WHEN {letter} = 'E' THEN {empty} WHEN {letter} IN ('X', 'V') THEN {error} END"
    )


_CODES = {
    "json_value": "JSON_VALUE_RESULT_ERROR",
    "json_query": "JSON_QUERY_RESULT_ERROR",
    "json_exists": "PATH_EVALUATION_ERROR",
}


def _outcome(
    translation: "OperandTranslation", outcome: exp.Expr | str | None, failing: str, kind: str
) -> str:
    if isinstance(outcome, exp.Expr):
        return f"CAST({translation.sql(outcome)} AS {kind})"
    if outcome == "ERROR":
        return f"CAST({failing} AS {kind})"
    return {"EMPTY ARRAY": "'[]'", "EMPTY OBJECT": "'{}'"}.get(str(outcome), "NULL")


def _text(translation: "OperandTranslation", entry: JsonEntry) -> str:
    operand = translation.argument(entry.this)
    if operand.type == "BLOB":
        return f"trino_from_utf8({operand})"
    return f"CAST({operand} AS VARCHAR)"


def _json(translation: "OperandTranslation", entry: JsonEntry) -> str:
    """Return a value as JSON: JSON unchanged, other values by their type."""
    operand = translation.argument(entry.this)
    inner = entry.this.unnest()
    if entry.args.get("is_json") or (isinstance(inner, JsonFunction) and inner.args["name"] in _JSON_RESULTS):
        return f"CAST(trino_json_parse(CAST({operand} AS VARCHAR)) AS JSON)"
    kind = operand.type
    if kind in {"DATE", "TIME", "UUID"}:
        return f"to_json(CAST({operand} AS VARCHAR))"
    if operand.is_null:
        return "CAST(NULL AS JSON)"
    return to_json(operand)


def _constructed(translation: "OperandTranslation", node: JsonFunction, name: str) -> str:
    entries = node.args.get("entries") or []
    values = [_json(translation, entry) for entry in entries]
    nulls = node.args.get("nulls") or ("ABSENT" if name == "json_array" else "NULL")
    texts = [f"CAST({value} AS VARCHAR)" for value in values]
    if name == "json_array":
        items = [text if nulls == "ABSENT" else f"coalesce({text}, 'null')" for text in texts]
        made = f"'[' || coalesce(array_to_string([{', '.join(items)}], ','), '') || ']'" if items else "'[]'"
    else:
        keys = [f"CAST({translation.sql(entry.args['key'])} AS VARCHAR)" for entry in entries]
        unique = "TRUE" if node.args.get("unique") else "FALSE"
        keep = "FALSE" if nulls == "ABSENT" else "TRUE"
        made = (
            f"trino_json_object([{', '.join(keys)}], [{', '.join(texts)}], {keep}, {unique})"
            if entries
            else "'{}'"
        )
    returning = node.args.get("returning")
    if returning is not None and returning.this not in _TEXTS:
        raise QueryFailure("NOT_SUPPORTED", f"the sandbox's {name} supports only RETURNING of text types")
    return f"({made})"


def _quoted(text: str) -> str:
    return text.replace("'", "''")
