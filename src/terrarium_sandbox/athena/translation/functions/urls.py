"""Translations of URL functions (Trino documentation, "URL functions")."""

from terrarium_sandbox.athena.translation.call import sql

__all__ = ["FUNCTIONS"]

_PARTS = ("fragment", "host", "path", "protocol", "query")

FUNCTIONS = {
    **{f"url_extract_{part}": sql(f"trino_url_part({{a}}, '{part}')") for part in _PARTS},
    "url_decode": sql("trino_url_decode({a})"),
    "url_encode": sql("trino_url_encode({a})"),
    "url_extract_parameter": sql("trino_url_parameter({a}, {b})"),
    "url_extract_port": sql("CAST(trino_url_part({a}, 'port') AS BIGINT)"),
}
