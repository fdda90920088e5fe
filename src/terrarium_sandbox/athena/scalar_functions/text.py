"""String functions."""

import unicodedata

from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction, fail

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_SOUNDEX = {
    letter: digit
    for digit, letters in (("1", "BFPV"), ("2", "CGJKQSXZ"), ("3", "DT"), ("4", "L"), ("5", "MN"), ("6", "R"))
    for letter in letters
}
_LUHN_BASE = 10


def _hamming_distance(left: str, right: str) -> int:
    if len(left) != len(right):
        fail(_ARGUMENT, "The input strings to hamming_distance function must have the same length")
    return sum(one != other for one, other in zip(left, right, strict=True))


def _levenshtein_distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for position, one in enumerate(left, start=1):
        previous, row[0] = row[0], position
        for column, other in enumerate(right, start=1):
            above = row[column]
            row[column] = min(above + 1, row[column - 1] + 1, previous + (one != other))
            previous = above
    return row[-1]


def _luhn_check(digits: str) -> bool:
    if not digits.isascii() or not digits.isdigit():
        fail(_ARGUMENT, "Input value is not numeric")
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value // _LUHN_BASE + value % _LUHN_BASE
    return total % _LUHN_BASE == 0


def _soundex(text: str) -> str:
    letters = [letter for letter in text.upper() if letter.isalpha()]
    if not letters:
        return ""
    if any(not letter.isascii() for letter in letters):
        fail(_ARGUMENT, f"soundex: not an English letter in {text!r}")
    code, last = letters[0], _SOUNDEX.get(letters[0], "")
    for letter in letters[1:]:
        digit = _SOUNDEX.get(letter, "")
        if digit and digit != last:
            code += digit
        if letter not in "HW":
            last = digit
    return f"{code}000"[:4]


def _split(text: str, delimiter: str, limit: int) -> list[str]:
    if not delimiter:
        fail(_ARGUMENT, "The delimiter may not be the empty string")
    if limit < 1:
        fail(_ARGUMENT, "Limit must be positive")
    return text.split(delimiter, limit - 1)


def _pairs(text: str, entry_delimiter: str, key_value_delimiter: str) -> list[tuple[str, str]]:
    if not entry_delimiter or not key_value_delimiter:
        fail(_ARGUMENT, "entryDelimiter and keyValueDelimiter must not be empty")
    if entry_delimiter == key_value_delimiter:
        fail(_ARGUMENT, "entryDelimiter and keyValueDelimiter must not be the same")
    pairs = []
    for entry in text.removesuffix(entry_delimiter).split(entry_delimiter) if text else ():
        parts = entry.split(key_value_delimiter)
        if len(parts) != 2:
            fail(
                _ARGUMENT, f"Key-value delimiter must appear exactly once in each entry. Bad input: '{entry}'"
            )
        pairs.append((parts[0], parts[1]))
    return pairs


def _split_to_map(text: str, entry_delimiter: str, key_value_delimiter: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in _pairs(text, entry_delimiter, key_value_delimiter):
        if key in found:
            fail(_ARGUMENT, f"Duplicate keys ({key}) are not allowed")
        found[key] = value
    return found


def _split_to_multimap(text: str, entry_delimiter: str, key_value_delimiter: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in _pairs(text, entry_delimiter, key_value_delimiter):
        found.setdefault(key, []).append(value)
    return found


def _strpos(text: str, part: str, instance: int) -> int:
    if instance == 0:
        fail(_ARGUMENT, "'instance' must be a positive or negative number.")
    if not part:
        return 1 if instance > 0 else len(text) + 1
    position = -1 if instance > 0 else len(text)
    for _ in range(abs(instance)):
        forward = instance > 0
        position = text.find(part, position + 1) if forward else text.rfind(part, 0, position + len(part) - 1)
        if position < 0:
            return 0
    return position + 1


def _translate(text: str, characters: str, replacements: str) -> str:
    table: dict[str, str] = {}
    for position, character in enumerate(characters):
        table.setdefault(character, replacements[position : position + 1])
    return "".join(table.get(character, character) for character in text)


FUNCTIONS = {
    "hamming_distance": ScalarFunction(_hamming_distance, ("VARCHAR", "VARCHAR"), "BIGINT"),
    "interleave": ScalarFunction(
        lambda text, between: text.replace("", between), ("VARCHAR",) * 2, "VARCHAR"
    ),
    "levenshtein_distance": ScalarFunction(_levenshtein_distance, ("VARCHAR", "VARCHAR"), "BIGINT"),
    "luhn_check": ScalarFunction(_luhn_check, ("VARCHAR",), "BOOLEAN"),
    "normalize": ScalarFunction(
        lambda text, form: unicodedata.normalize(form, text), ("VARCHAR",) * 2, "VARCHAR"
    ),
    "reverse": ScalarFunction(lambda text: text[::-1], ("VARCHAR",), "VARCHAR"),
    "soundex": ScalarFunction(_soundex, ("VARCHAR",), "VARCHAR"),
    "split": ScalarFunction(_split, ("VARCHAR", "VARCHAR", "BIGINT"), "VARCHAR[]"),
    "split_to_map": ScalarFunction(_split_to_map, ("VARCHAR",) * 3, "MAP(VARCHAR, VARCHAR)"),
    "split_to_multimap": ScalarFunction(_split_to_multimap, ("VARCHAR",) * 3, "MAP(VARCHAR, VARCHAR[])"),
    "strpos": ScalarFunction(_strpos, ("VARCHAR", "VARCHAR", "BIGINT"), "BIGINT"),
    "translate": ScalarFunction(_translate, ("VARCHAR",) * 3, "VARCHAR"),
}
