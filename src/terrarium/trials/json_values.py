"""Conversion of hyperparameters to JSON values."""

import math
from collections.abc import Mapping

from pydantic import JsonValue

__all__ = ["json_object"]

_MOST_BITS = 4000  # of an integer; Python converts at most 4300 decimal digits to text
_DEEPEST = 50  # levels of nested containers; limits containers that contain themselves


def json_object(values: Mapping[str, object]) -> dict[str, JsonValue]:
    """Return the values as JSON types.

    Values that JSON cannot represent, such as a distribution, an estimator, NaN or infinity, become their `repr`.
    """
    return {_text(name): _plain(value, depth=0) for name, value in values.items()}


def _plain(value: object, *, depth: int) -> JsonValue:
    match value:
        case None | bool():
            return value
        case str():
            return _text(value)
        case int():
            return int(value) if value.bit_length() <= _MOST_BITS else hex(value)
        case float():
            return float(value) if math.isfinite(value) else repr(float(value))
        case Mapping() if depth < _DEEPEST:
            return {_text(key): _plain(inner, depth=depth + 1) for key, inner in value.items()}
        case list() | tuple() if depth < _DEEPEST:
            return [_plain(inner, depth=depth + 1) for inner in value]
    # NumPy's numbers and arrays return their plain counterparts.
    to_plain = getattr(value, "tolist", None)
    if callable(to_plain) and depth < _DEEPEST:
        return _plain(to_plain(), depth=depth + 1)
    return _text(repr(value))


def _text(value: object) -> str:
    # A lone surrogate cannot be encoded in UTF-8, and the record could not be written.
    return str(value).encode("utf-8", "backslashreplace").decode()
