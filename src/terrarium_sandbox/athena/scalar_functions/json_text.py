"""Parsing of JSON texts without loss of digits, and writing as Trino writes them, without spaces."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from terrarium_sandbox.athena.values import java_double

__all__ = ["JsonSyntaxError", "read_json", "scalar_text", "write_json"]

JsonSyntaxError = ValueError


def read_json(text: str) -> Any:
    """Return the value of a JSON text. Numbers are decimals.

    Raises:
        JsonSyntaxError: The text is not JSON.
    """
    return json.loads(text, parse_int=Decimal, parse_float=Decimal, parse_constant=_refuse, strict=False)


def write_json(value: Any, *, sort_keys: bool = False) -> str:
    """Return a value as JSON text, with numbers as they were read."""
    match value:
        case None | bool():
            return json.dumps(value)
        case str():
            return _quoted(value)
        case int() | Decimal():
            return _number(Decimal(value))
        case float():
            return java_double(value)
        case list():
            return f"[{','.join(write_json(item, sort_keys=sort_keys) for item in value)}]"
        case _:
            items = sorted(value.items()) if sort_keys else value.items()
            return f"{{{','.join(f'{_quoted(key)}:{write_json(item, sort_keys=sort_keys)}' for key, item in items)}}}"


def scalar_text(value: Any) -> str:
    """Return a scalar without quotes."""
    return value if isinstance(value, str) else write_json(value)


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(value: Decimal) -> str:
    """Return integers and plain numbers unchanged, others with Java's exponent."""
    text = str(value)
    return java_double(float(value)) if "E" in text else text


def _refuse(text: str) -> Any:
    raise JsonSyntaxError(f"{text} is not a JSON value")
