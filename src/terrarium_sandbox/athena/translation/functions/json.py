"""Translations of JSON functions, except the SQL/JSON ones.

Source: Trino documentation, "JSON functions and operators".
"""

from terrarium_sandbox.athena.translation.call import Call, function, sql

__all__ = ["FUNCTIONS"]


def _contains(call: Call) -> str:
    document, value = call.arguments
    kind = value.type
    return f"trino_json_array_contains(CAST({document} AS VARCHAR), CAST({value} AS VARCHAR), '{kind}')"


FUNCTIONS = {
    "is_json_scalar": sql("trino_is_json_scalar(CAST({a} AS VARCHAR))"),
    "json_array_contains": function(_contains, 2),
    "json_array_get": sql("trino_json_array_get(CAST({a} AS VARCHAR), {b})"),
    "json_array_length": sql("trino_json_array_length(CAST({a} AS VARCHAR))"),
    "json_extract": sql("CAST(trino_json_extract(CAST({a} AS VARCHAR), {b}) AS JSON)"),
    "json_extract_scalar": sql("trino_json_extract_scalar(CAST({a} AS VARCHAR), {b})"),
    "json_format": sql("CAST({a} AS VARCHAR)"),
    "json_parse": sql("CAST(trino_json_parse({a}) AS JSON)"),
    "json_size": sql("trino_json_size(CAST({a} AS VARCHAR), {b})"),
}
