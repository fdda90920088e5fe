"""The function `format`, after Java's Formatter."""

import math
import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction, fail
from terrarium_sandbox.athena.values import java_double

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_SPECIFIER = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([tT]?)([a-zA-Z%])")
_TIMES = {
    "A": "%A", "a": "%a", "B": "%B", "b": "%b", "h": "%b", "Y": "%Y", "y": "%y", "m": "%m", "d": "%d", "e": "%-d",
    "j": "%j", "H": "%H", "I": "%I", "k": "%-H", "l": "%-I", "M": "%M", "S": "%S", "p": "%p", "F": "%Y-%m-%d",
    "T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y",
}  # fmt: skip
_READERS: dict[str, Any] = {"i": int, "f": float, "d": Decimal, "b": lambda text: text == "true"}


def _format(pattern: str, texts: list[str | None], kinds: str) -> str:
    """Format arguments that are passed as text, with a letter for each type: i, f, d, b, t or s."""
    values = [_value(text, kind) for text, kind in zip(texts, kinds, strict=True)]
    position = 0
    result, begin = [], 0
    for match in _SPECIFIER.finditer(pattern):
        _check_literal(pattern[begin : match.start()], pattern)
        result.append(pattern[begin : match.start()])
        begin = match.end()
        index, flags, width, precision, temporal, letter = match.groups()
        if letter in "%n" and not temporal:
            result.append("%" if letter == "%" else "\n")
            continue
        if index is None:
            position += 1
        used = int(index) if index else position
        if used > len(values):
            fail(
                _ARGUMENT,
                f"Invalid format string: {pattern} (MissingFormatArgument: Format specifier '{match[0]}')",
            )
        text = (
            _time(values[used - 1], letter, match[0])
            if temporal
            else _formatted(values[used - 1], letter, flags, int(width or 0), precision, match[0])
        )
        text = text.upper() if letter.isupper() and not temporal else text
        size = int(width or 0)
        result.append(text.ljust(size) if "-" in flags else text.rjust(size))
    _check_literal(pattern[begin:], pattern)
    return "".join([*result, pattern[begin:]])


def _check_literal(text: str, pattern: str) -> None:
    if "%" in text:
        fail(_ARGUMENT, f"Invalid format string: {pattern}")


def _value(text: str | None, kind: str) -> Any:
    if text is None:
        return None
    if kind == "t":
        return datetime.fromisoformat(text) if " " in text else date.fromisoformat(text)
    return _READERS.get(kind, str)(text)


def _formatted(value: Any, letter: str, flags: str, width: int, precision: str | None, specifier: str) -> str:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    match letter.lower():
        case "b":
            text = str(value).lower() if isinstance(value, bool) else str(value is not None).lower()
        case _ if value is None:
            text = "null"
        case "s":
            text = _plain(value) if precision is None else _plain(value)[: int(precision)]
        case "d" | "o" | "x" if is_whole:
            digits = format(abs(value), letter.lower())
            text = _signed(_grouped(digits, flags), value < 0, flags, width)
        case "e" | "f" if isinstance(value, float | Decimal):
            text = _fraction(value, letter, flags, width, 6 if precision is None else int(precision))
        case "c" if is_whole or isinstance(value, str):
            text = chr(value) if is_whole else str(value)
        case _:
            conversion = f"IllegalFormatConversion: {letter} != {type(value).__name__}"
            fail(_ARGUMENT, f"Invalid format string: {specifier} ({conversion})")
    return text


def _fraction(value: float | Decimal, letter: str, flags: str, width: int, places: int) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return java_double(value)
    if letter in "eE":
        return _signed(format(abs(value), f".{places}e"), value < 0, flags, width)
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    rounded = abs(exact).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, point, fraction = format(rounded, "f").partition(".")
    return _signed(_grouped(whole, flags) + point + fraction, value < 0, flags, width)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return java_double(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _grouped(digits: str, flags: str) -> str:
    return f"{int(digits):,}" if "," in flags else digits


def _signed(digits: str, negative: bool, flags: str, width: int) -> str:  # noqa: FBT001 - a sign
    if negative and "(" in flags:
        return f"({digits})"
    sign = "-" if negative else "+" if "+" in flags else " " if " " in flags else ""
    return sign + (digits.rjust(width - len(sign), "0") if "0" in flags else digits)


def _time(value: Any, letter: str, specifier: str) -> str:
    if not isinstance(value, date) or letter not in _TIMES:
        fail(_ARGUMENT, f"Invalid format string: {specifier}")
    return value.strftime(_TIMES[letter])


FUNCTIONS = {"format": ScalarFunction(_format, ("VARCHAR", "VARCHAR[]", "VARCHAR"), "VARCHAR")}
