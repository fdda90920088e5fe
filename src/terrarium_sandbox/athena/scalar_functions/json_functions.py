"""JSON functions."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from terrarium_sandbox.athena.scalar_functions.json_path import PathFailure, PathSyntaxError, evaluate
from terrarium_sandbox.athena.scalar_functions.json_text import (
    JsonSyntaxError,
    read_json,
    scalar_text,
    write_json,
)
from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction, fail

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_STEP = re.compile(
    r"\.(?P<name>[^.\[\]\"]+)"
    r"|\[\s*(?:(?P<index>-?\d+)|\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<bare>[^\]]+?))\s*\]"
)
_MISSING = object()


def _json_path(function: str, text: str, path: str, passed: str, options: str) -> str:
    """Evaluate a path. The first letter of the result is V (value), N (JSON null), E (nothing) or X (an error)."""
    try:
        items = evaluate(path, read_json(text), read_json(passed))
    except PathSyntaxError as error:
        fail("INVALID_PATH", str(error))
    except (JsonSyntaxError, RecursionError) as error:
        return f"Xconversion to JSON failed: {error}"
    except PathFailure as error:
        return f"Xpath evaluation failed: {error}"
    if function == "json_exists":
        return "V" if items else "E"
    if function == "json_value":
        return _scalar(items)
    return _document(items, options)


def _scalar(items: list[Any]) -> str:
    if not items:
        return "E"
    if len(items) > 1:
        return "XJSON path found multiple items"
    if isinstance(items[0], dict | list):
        return "XJSON path found an item that cannot be converted to an SQL value"
    return "N" if items[0] is None else f"V{scalar_text(items[0])}"


def _document(items: list[Any], options: str) -> str:
    wrapper, quotes = options.split()
    if not items:
        return "E"
    single = len(items) == 1
    if wrapper == "UNCONDITIONAL" or (
        wrapper == "CONDITIONAL" and not (single and isinstance(items[0], dict | list))
    ):
        return f"V{write_json(items)}"
    if not single:
        return "XJSON path found multiple items"
    if quotes == "OMIT" and isinstance(items[0], str):
        return f"V{items[0]}"
    return f"V{write_json(items[0])}"


@lru_cache(maxsize=256)
def _steps(path: str) -> tuple[str | int, ...]:
    """Return the steps of a simple path of json_extract: `$.a[0]["b"]`."""
    if not path.startswith("$"):
        fail(_ARGUMENT, f"Invalid JSON path: '{path}'")
    steps: list[str | int] = []
    position = 1
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None or "*" in match[0] or ".." in match[0]:
            fail(_ARGUMENT, f"Invalid JSON path: '{path}'")
        if match["index"] is not None:
            steps.append(int(match["index"]))
        else:
            name = match["name"] or match["bare"]
            steps.append(name if name is not None else match["quoted"].replace('\\"', '"'))
        position = match.end()
    return tuple(steps)


def _extracted(text: str, path: str) -> Any:
    """Return the value at the path; `_MISSING` if it does not exist or the text is not JSON."""
    steps = _steps(path)
    try:
        value = read_json(text)
    except (JsonSyntaxError, RecursionError):
        return _MISSING
    for step in steps:
        if isinstance(value, dict) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and _index(step, len(value)) is not None:
            value = value[int(step)]
        else:
            return _MISSING
    return value


def _index(step: str | int, length: int) -> int | None:
    try:
        index = int(step)
    except ValueError:
        return None
    return index if 0 <= index < length else None


def _extract(text: str, path: str) -> str | None:
    value = _extracted(text, path)
    return None if value is _MISSING else write_json(value)


def _extract_scalar(text: str, path: str) -> str | None:
    """Return a scalar as text; NULL for objects, arrays and JSON null."""
    value = _extracted(text, path)
    if value is _MISSING or value is None or isinstance(value, dict | list):
        return None
    return scalar_text(value)


def _size(text: str, path: str) -> int | None:
    value = _extracted(text, path)
    if value is _MISSING:
        return None
    return len(value) if isinstance(value, dict | list) else 0


def _array(text: str) -> list[Any] | None:
    try:
        value = read_json(text)
    except (JsonSyntaxError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def _array_contains(text: str, value: str, kind: str) -> bool | None:
    array = _array(text)
    if array is None:
        return None
    if kind == "VARCHAR":
        return any(isinstance(item, str) and item == value for item in array)
    if kind == "BOOLEAN":
        return any(isinstance(item, bool) and item == (value == "true") for item in array)
    number = Decimal(value) if value not in {"nan", "inf", "-inf"} else None
    return any(isinstance(item, Decimal) and item == number for item in array)


def _array_get(text: str, index: int) -> str | None:
    array = _array(text)
    if array is None or not -len(array) <= index < len(array):
        return None
    value = array[index]
    return None if value is None else scalar_text(value)


def _array_length(text: str) -> int | None:
    array = _array(text)
    return None if array is None else len(array)


def _is_scalar(text: str) -> bool | None:
    try:
        return not isinstance(read_json(text), dict | list)
    except (JsonSyntaxError, RecursionError):
        return None


def _parse(text: str) -> str:
    """Return the JSON text without spaces, with the members of objects sorted by key."""
    try:
        return write_json(read_json(text), sort_keys=True)
    except (JsonSyntaxError, RecursionError):
        fail(_ARGUMENT, f"Cannot convert value to JSON: '{text}'")


def _text(text: str) -> str | None:
    """Return JSON cast to VARCHAR."""
    value = read_json(text)
    if isinstance(value, dict | list):
        fail("INVALID_CAST_ARGUMENT", f"Cannot cast '{text}' to varchar")
    return None if value is None else scalar_text(value)


def _field(text: str, position: int, name: str) -> str | None:
    """Return a field of a row to which JSON is cast: of an object by name, of an array by position."""
    value = read_json(text)
    if isinstance(value, list):
        return write_json(value[position]) if position < len(value) else None
    if not isinstance(value, dict):
        fail("INVALID_CAST_ARGUMENT", f"Cannot cast to row: expected a JSON array or object, but got {text}")
    found = next((item for key, item in value.items() if key.lower() == name.lower()), _MISSING)
    return None if found is _MISSING else write_json(found)


def _object(keys: list[str | None], values: list[str | None], keep_nulls: bool, unique: bool) -> str:  # noqa: FBT001 - the engine passes arguments by position
    members = []
    if unique and len(set(keys)) < len(keys):
        fail("JSON_OUTPUT_CONVERSION_ERROR", "duplicate key passed to JSON_OBJECT function")
    for key, value in zip(keys, values, strict=True):
        if key is None:
            fail(
                "JSON_OUTPUT_CONVERSION_ERROR",
                "null value passed for JSON object key to JSON_OBJECT function",
            )
        if value is not None or keep_nulls:
            members.append(f"{write_json(key)}:{'null' if value is None else value}")
    return f"{{{','.join(members)}}}"


FUNCTIONS = {
    "is_json_scalar": ScalarFunction(_is_scalar, ("VARCHAR",), "BOOLEAN"),
    "json_array_contains": ScalarFunction(_array_contains, ("VARCHAR",) * 3, "BOOLEAN"),
    "json_array_get": ScalarFunction(_array_get, ("VARCHAR", "BIGINT"), "VARCHAR"),
    "json_array_length": ScalarFunction(_array_length, ("VARCHAR",), "BIGINT"),
    "json_extract": ScalarFunction(_extract, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "json_extract_scalar": ScalarFunction(_extract_scalar, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "json_field": ScalarFunction(_field, ("VARCHAR", "BIGINT", "VARCHAR"), "VARCHAR"),
    "json_object": ScalarFunction(_object, ("VARCHAR[]", "VARCHAR[]", "BOOLEAN", "BOOLEAN"), "VARCHAR"),
    "json_parse": ScalarFunction(_parse, ("VARCHAR",), "VARCHAR"),
    "json_path": ScalarFunction(_json_path, ("VARCHAR",) * 5, "VARCHAR"),
    "json_size": ScalarFunction(_size, ("VARCHAR", "VARCHAR"), "BIGINT"),
    "json_text": ScalarFunction(_text, ("VARCHAR",), "VARCHAR"),
}
